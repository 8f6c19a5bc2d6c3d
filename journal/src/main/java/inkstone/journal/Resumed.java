package inkstone.journal;

/**
 * The run went on from a checkpoint. It cancels the lines before it in the file whose {@code step}
 * is greater than this one's: that work is done again.
 *
 * @param step steps that the checkpoint holds
 */
public record Resumed(long step) implements Event {}
