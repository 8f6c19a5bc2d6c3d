package inkstone.hub;

import inkstone.journal.Downloading;
import inkstone.journal.Event;
import java.util.function.Consumer;

/** Counts what comes, and tells of it a few times a second. */
final class Progress {

  private static final long PAUSE = 100_000_000;
  private static final long WINDOW = 5_000_000_000L;

  private final Consumer<Event> events;
  private long total;
  private long before;
  private long fetched;
  private long told;
  private String name = "";
  private long size;

  private long windowStart = System.nanoTime();
  private long windowBytes;
  private double lastSpeed;

  /** Progress towards a number of bytes; 0 where it is not known. */
  Progress(Consumer<Event> events, long total) {
    this.events = events;
    this.total = total;
  }

  Consumer<Event> events() {
    return events;
  }

  /** A file that is here already. */
  void present(long bytes) {
    before += bytes;
  }

  /** The size of the only file, now that the server has told it. */
  void expect(long bytes) {
    total = total == 0 ? bytes : total;
  }

  void begin(String file) {
    name = file;
    size = 0;
  }

  /** So many bytes of the file are here; fewer than before where it had to begin again. */
  void at(long bytes) {
    size = bytes;
    tell(false);
  }

  /** So many bytes came over the network. */
  void came(long bytes) {
    fetched += bytes;
    windowBytes += bytes;
  }

  void end() {
    tell(true);
    before += size;
    size = 0;
  }

  /** Bytes that came over the network. */
  long fetched() {
    return fetched;
  }

  private void tell(boolean now) {
    var time = System.nanoTime();
    if (!now && time - told < PAUSE) {
      return;
    }
    told = time;
    var elapsed = time - windowStart;
    var speed = windowBytes * 1e9 / Math.max(1, elapsed);
    if (elapsed > WINDOW) {
      lastSpeed = speed;
      windowStart = time;
      windowBytes = 0;
    } else if (lastSpeed > 0) {
      // A young window says little: the one before it counts for the time that is missing.
      var share = (double) elapsed / WINDOW;
      speed = share * speed + (1 - share) * lastSpeed;
    }
    events.accept(new Downloading(name, size, before + size, total, speed));
  }
}
