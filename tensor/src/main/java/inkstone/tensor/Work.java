package inkstone.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Pieces that several threads do together; done when each has been, whoever came to help. */
final class Work {

  private final int pieces;
  private final Supplier<IntConsumer> worker;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile @Nullable Thread waiting;

  Work(int pieces, Supplier<IntConsumer> worker) {
    this.pieces = pieces;
    this.worker = worker;
  }

  /** Does pieces until none is left to begin; after a failure they are passed over. */
  void take() {
    IntConsumer each = null;
    for (int i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
      try {
        if (failure.get() == null) {
          each = each == null ? worker.get() : each;
          each.accept(i);
        }
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
      } finally {
        if (done.incrementAndGet() == pieces) {
          LockSupport.unpark(waiting);
        }
      }
    }
  }

  /** Waits whatever happens: the others still write to memory that the caller may free. */
  void await() {
    long end = System.nanoTime() + Team.SPIN_NANOS;
    boolean interrupted = false;
    while (done.get() < pieces) {
      if (System.nanoTime() < end) {
        Thread.onSpinWait();
      } else {
        waiting = Thread.currentThread();
        if (done.get() < pieces) {
          LockSupport.park(this);
          interrupted |= Thread.interrupted();
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What made the first piece fail. */
  @Nullable Throwable failure() {
    return failure.get();
  }
}
