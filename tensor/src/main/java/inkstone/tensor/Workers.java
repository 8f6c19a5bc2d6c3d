package inkstone.tensor;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** The threads of our own kernels: as many as libtorch has. They never call libtorch. */
final class Workers {

  private static final ExecutorService POOL =
      Executors.newCachedThreadPool(
          Thread.ofPlatform().daemon().name("inkstone-kernel-", 0).factory());

  private Workers() {}

  /**
   * Does the pieces of work 0 to {@code pieces - 1}, in no order, and waits for all.
   *
   * @param worker makes what does the pieces on one thread, with memory of its own
   */
  static void run(int pieces, Supplier<IntConsumer> worker) {
    var next = new AtomicInteger();
    Runnable work =
        () -> {
          IntConsumer each = null;
          for (int piece = next.getAndIncrement(); piece < pieces; piece = next.getAndIncrement()) {
            each = each == null ? worker.get() : each;
            each.accept(piece);
          }
        };
    var others = new Future<?>[Math.max(0, Math.min(Engine.threads(), pieces) - 1)];
    for (int i = 0; i < others.length; i++) {
      others[i] = POOL.submit(work);
    }
    work.run();
    for (var other : others) {
      finish(other);
    }
  }

  private static void finish(Future<?> work) {
    boolean interrupted = false;
    while (true) {
      try {
        work.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true; // the others still write: never leave before them
      } catch (java.util.concurrent.ExecutionException e) {
        throw new TensorException("a kernel failed: " + e.getCause(), e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
