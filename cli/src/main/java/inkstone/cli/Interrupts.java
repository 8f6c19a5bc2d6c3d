package inkstone.cli;

import inkstone.tensor.Engine;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ctrl-C, and a polite kill, as a wish to stop: the process waits until the work has ended. Before
 * the work has asked for the first time there is nothing to save, and the process ends at once.
 */
final class Interrupts implements AutoCloseable, BooleanSupplier {

  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::wish);
  private volatile boolean wished;
  private volatile boolean asked;

  private Interrupts() {}

  static Interrupts listen() {
    var interrupts = new Interrupts();
    Runtime.getRuntime().addShutdownHook(interrupts.hook);
    return interrupts;
  }

  private void wish() {
    wished = true;
    if (!asked) {
      Engine.stop();
      return;
    }
    System.err.println();
    System.err.println("stopping after this step, with a checkpoint ...");
    try {
      if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("not stopped within " + PATIENCE_SECONDS + " s; ending all the same");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether somebody wants the work to stop. */
  @Override
  public boolean getAsBoolean() {
    asked = true;
    return wished;
  }

  @Override
  public void close() {
    done.countDown();
    if (!wished) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }
}
