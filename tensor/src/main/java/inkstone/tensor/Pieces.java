package inkstone.tensor;

import java.util.function.Supplier;

/** Numbers that lie one after the other, done some at a time by several threads. */
interface Pieces {

  /** Does {@code count} numbers from {@code at} on. */
  void accept(long at, int count);

  /**
   * Does all of {@code total} numbers.
   *
   * @param worker makes what does the pieces on one thread, with memory of its own
   */
  static void run(long total, int piece, Supplier<Pieces> worker) {
    Workers.run(
        Math.toIntExact((total + piece - 1) / piece),
        () -> {
          var each = worker.get();
          return number -> {
            long at = (long) number * piece;
            each.accept(at, (int) Math.min(piece, total - at));
          };
        });
  }
}
