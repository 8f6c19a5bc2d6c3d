package inkstone.generate.constraint;

import org.jspecify.annotations.Nullable;

/** Where rules that are under way go on: a stack, immutable, whose parts are shared. */
final class Frame {

  /** No rule but the first is under way. */
  static final Frame BOTTOM = new Frame(-1, null);

  private final int node;
  private final @Nullable Frame below;
  private final int hash;

  private Frame(int node, @Nullable Frame below) {
    this.node = node;
    this.below = below;
    hash = 31 * (below == null ? 7 : below.hash) + node;
  }

  /** This stack with {@code node} on top. */
  Frame push(int node) {
    return new Frame(node, this);
  }

  /** The node on top; negative at the bottom. */
  int node() {
    return node;
  }

  /** What is below the top. */
  Frame below() {
    return below == null ? BOTTOM : below;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Frame) || hash != other.hashCode()) {
      return false;
    }
    Frame mine = this;
    Frame theirs = (Frame) other;
    while (mine != theirs) {
      if (mine == null || theirs == null || mine.hash != theirs.hash || mine.node != theirs.node) {
        return false;
      }
      mine = mine.below;
      theirs = theirs.below;
    }
    return true;
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
