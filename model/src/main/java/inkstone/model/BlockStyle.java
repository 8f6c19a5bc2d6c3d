package inkstone.model;

import java.util.Optional;

/**
 * What may differ from one block of a decoder to the next.
 *
 * @param window how many keys a query sees, its own among them; 0 for all
 * @param rotary how queries and keys are turned; empty where they are not
 * @param experts the feed-forward networks, where tokens have a choice; empty for a single one
 */
public record BlockStyle(
    int window, Optional<RotaryConfig> rotary, Optional<ExpertsConfig> experts) {

  /** Refuses a window that looks forward. */
  public BlockStyle {
    if (window < 0) {
      throw new ModelException("sliding_window: " + window + " is not 0 or more");
    }
  }

  /** A block that sees all, turns queries and keys, and has one feed-forward network. */
  public static BlockStyle of(RotaryConfig rotary) {
    return new BlockStyle(0, Optional.of(rotary), Optional.empty());
  }

  /** The same with a window. */
  public BlockStyle window(int keys) {
    return new BlockStyle(keys, rotary, experts);
  }

  /** The same with experts. */
  public BlockStyle experts(ExpertsConfig config) {
    return new BlockStyle(window, rotary, Optional.of(config));
  }
}
