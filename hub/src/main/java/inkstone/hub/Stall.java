package inkstone.hub;

import java.time.Duration;

/** Hangs up on a server that sends nothing for too long; reading from it then fails. */
final class Stall implements AutoCloseable {

  private final Thread watch;
  private volatile long last = System.nanoTime();
  private volatile boolean hungUp;

  Stall(Duration longest, Answer answer) {
    watch = Thread.ofVirtual().start(() -> watch(longest, answer));
  }

  private void watch(Duration longest, Answer answer) {
    try {
      while (true) {
        var left = longest.toNanos() - (System.nanoTime() - last);
        if (left <= 0) {
          hungUp = true;
          answer.close();
          return;
        }
        Thread.sleep(Duration.ofNanos(left));
      }
    } catch (InterruptedException e) {
      // The body was read to its end.
    }
  }

  /** Something came. */
  void came() {
    last = System.nanoTime();
  }

  boolean hungUp() {
    return hungUp;
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
