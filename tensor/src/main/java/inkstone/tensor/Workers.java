package inkstone.tensor;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** The threads of our own kernels: as many as libtorch has. They never call libtorch. */
final class Workers {

  /** Teams that nobody uses at the moment; the one used last, whose threads are awake, first. */
  private static final Deque<Team> IDLE = new ArrayDeque<>();

  private Workers() {}

  /**
   * Does the pieces of work 0 to {@code pieces - 1}, in no order, and waits for all.
   *
   * @param worker makes what does the pieces on one thread, with memory of its own
   */
  static void run(int pieces, Supplier<IntConsumer> worker) {
    int threads = Math.min(Engine.threads(), pieces);
    var work = new Work(pieces, worker);
    if (threads <= 1) {
      work.take();
    } else {
      var team = take(threads - 1);
      try {
        team.run(work);
      } finally {
        give(team);
      }
    }
    var cause = work.failure();
    if (cause != null) {
      throw new TensorException("a kernel failed: " + cause, cause);
    }
  }

  private static Team take(int helpers) {
    Team team;
    synchronized (IDLE) {
      team = IDLE.poll();
    }
    if (team == null) {
      return new Team(helpers);
    }
    team.grow(helpers);
    return team;
  }

  private static void give(Team team) {
    synchronized (IDLE) {
      IDLE.push(team);
    }
  }
}
