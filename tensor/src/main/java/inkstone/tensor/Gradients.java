package inkstone.tensor;

import org.bytedeco.pytorch.GradMode;

/**
 * Switches the recording of operations off, or inside a backward on, on this thread while it is
 * open.
 */
public final class Gradients implements AutoCloseable {

  private final boolean before;

  private Gradients(boolean recorded) {
    Engine.load();
    before = GradMode.is_enabled();
    GradMode.set_enabled(recorded);
  }

  /** Nothing is recorded until this is closed. */
  public static Gradients off() {
    return new Gradients(false);
  }

  /** For what runs once more inside a backward. */
  static Gradients on() {
    return new Gradients(true);
  }

  /** Restores what was before. */
  @Override
  public void close() {
    GradMode.set_enabled(before);
  }
}
