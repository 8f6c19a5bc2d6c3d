package inkstone.tensor;

import org.bytedeco.pytorch.GradMode;

/** Switches the recording of operations off on this thread, while it is open. */
public final class Gradients implements AutoCloseable {

  private final boolean before;

  private Gradients() {
    Engine.load();
    before = GradMode.is_enabled();
    GradMode.set_enabled(false);
  }

  /** Nothing is recorded until this is closed. */
  public static Gradients off() {
    return new Gradients();
  }

  /** Restores what was before. */
  @Override
  public void close() {
    GradMode.set_enabled(before);
  }
}
