package inkstone.hub;

import inkstone.journal.Event;
import inkstone.journal.Noted;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Tries something until it works, or until it has failed too often in a row. */
final class Retries {

  /** Something that may fail in passing. */
  interface Attempt<T> {
    T run() throws Passing;
  }

  private final Patience patience;
  private final Consumer<Event> events;

  Retries(Patience patience, Consumer<Event> events) {
    this.patience = patience;
    this.events = events;
  }

  /**
   * The result of the first attempt that does not fail in passing.
   *
   * @param what what is tried, for messages
   * @param progress grows while attempts bring something; a failure after progress counts as the
   *     first
   * @throws HubException when patience is at its end
   */
  <T> T run(String what, LongSupplier progress, Attempt<T> attempt) {
    var failures = 0;
    while (true) {
      var before = progress.getAsLong();
      try {
        return attempt.run();
      } catch (Passing e) {
        failures = progress.getAsLong() > before ? 1 : failures + 1;
        var asked = e.after();
        if (asked.filter(pause -> pause.compareTo(patience.longestAsked()) > 0).isPresent()) {
          throw new HubException(
              "%s: %s, and it asks to wait %d s; run the same command again then"
                  .formatted(what, e.getMessage(), asked.get().toSeconds()),
              e);
        }
        if (failures >= patience.tries()) {
          throw new HubException(
              "%s: %s, %d times in a row; what was fetched is kept, and the same command goes on"
                  .formatted(what, e.getMessage(), failures),
              e);
        }
        var pause = patience.pause(failures, asked);
        events.accept(
            Noted.warning(
                "%s: %s; trying again in %s".formatted(what, e.getMessage(), seconds(pause))));
        sleep(pause);
      }
    }
  }

  private static String seconds(Duration pause) {
    return pause.toSeconds() >= 10
        ? pause.toSeconds() + " s"
        : "%d.%d s".formatted(pause.toSeconds(), pause.toMillisPart() / 100);
  }

  private static void sleep(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  static HubException interrupted(Throwable e) {
    Thread.currentThread().interrupt();
    return new HubException("interrupted; what was fetched is kept, and pulling again goes on", e);
  }
}
