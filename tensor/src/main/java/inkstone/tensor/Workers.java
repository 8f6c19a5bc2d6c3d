package inkstone.tensor;

import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
    var failure = new AtomicReference<@Nullable Throwable>();
    Runnable work =
        () -> {
          try {
            IntConsumer each = null;
            for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
              each = each == null ? worker.get() : each;
              each.accept(i);
            }
          } catch (RuntimeException | Error e) {
            next.set(pieces); // nobody begins another piece
            failure.compareAndSet(null, e);
          }
        };
    var others = new ArrayList<Future<?>>();
    try {
      for (int i = 1; i < Math.min(Engine.threads(), pieces); i++) {
        others.add(POOL.submit(work));
      }
      work.run();
    } finally {
      others.forEach(Workers::await);
    }
    var cause = failure.get();
    if (cause != null) {
      throw new TensorException("a kernel failed: " + cause, cause);
    }
  }

  /** Waits whatever happens: the others still write to memory that the caller may free. */
  private static void await(Future<?> work) {
    boolean interrupted = false;
    while (true) {
      try {
        work.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw new AssertionError("work keeps its failures", e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
