package inkstone.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that help one caller at a time. After each work they look for the next one for a moment
 * before they sleep: to wake a thread takes as long as a small kernel.
 */
final class Team {

  /** How long to look: longer than what lies between the kernels of a network's step. */
  static final long SPIN_NANOS = 100_000;

  private final List<Helper> helpers = new ArrayList<>();

  Team(int helpers) {
    grow(helpers);
  }

  /** Makes sure that there are so many helpers. */
  void grow(int count) {
    while (helpers.size() < count) {
      var helper = new Helper();
      var thread = new Thread(helper, "inkstone-kernel");
      thread.setDaemon(true);
      helper.thread = thread;
      helpers.add(helper);
      thread.start();
    }
  }

  /** Does all of it, this thread among the others. */
  void run(Work work) {
    helpers.forEach(helper -> helper.offer(work));
    work.take();
    work.await();
  }

  private static final class Helper implements Runnable {

    private @Nullable Thread thread;
    private final AtomicReference<@Nullable Work> offered = new AtomicReference<>();
    private volatile boolean asleep;

    void offer(Work work) {
      offered.set(work);
      if (asleep) {
        LockSupport.unpark(thread);
      }
    }

    @Override
    public void run() {
      while (true) {
        next().take();
      }
    }

    private Work next() {
      long end = System.nanoTime() + SPIN_NANOS;
      while (true) {
        var work = offered.getAndSet(null);
        if (work != null) {
          return work;
        }
        if (System.nanoTime() < end) {
          Thread.onSpinWait();
        } else {
          asleep = true;
          while (offered.get() == null) {
            LockSupport.park(this);
          }
          asleep = false;
          end = System.nanoTime() + SPIN_NANOS;
        }
      }
    }
  }
}
