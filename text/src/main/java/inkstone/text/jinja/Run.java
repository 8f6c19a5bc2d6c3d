package inkstone.text.jinja;

import java.time.ZonedDateTime;

/**
 * One rendering: what it may still spend, and what time it is. A template is somebody else's
 * program; its steps, its depth and the length of its texts are bounded, whatever it does.
 */
final class Run {

  /** Ten thousand messages take about a million steps. */
  private static final long MOST_STEPS = 5_000_000;

  /** Values in values, calls in calls. */
  private static final int DEEPEST = 400;

  /** UTF-16 units of one text, items of one list. */
  private static final int LONGEST = 1 << 25;

  /** So many units are copied for one step. */
  private static final int UNITS_A_STEP = 16;

  private final ZonedDateTime now;
  private long steps;
  private int depth;

  Run(ZonedDateTime now) {
    this.now = now;
  }

  /** The time that {@code strftime_now} tells. */
  ZonedDateTime now() {
    return now;
  }

  /** Counts one step. */
  void step() {
    spend(1);
  }

  /** Counts the making of a text or list of {@code size}, before it is made. */
  void make(long size) {
    check(size);
    spend(1 + size / UNITS_A_STEP);
  }

  /** Refuses a text or list that has become too long. */
  void check(long size) {
    if (size > LONGEST) {
      throw new Fault("a text or list would have more than " + LONGEST + " parts");
    }
  }

  private void spend(long more) {
    steps += more;
    if (steps > MOST_STEPS) {
      throw new Fault("it does not come to an end: more than " + MOST_STEPS + " steps");
    }
  }

  /** One level deeper. */
  void enter() {
    step();
    if (++depth > DEEPEST) {
      throw new Fault("calls or values are nested more than " + DEEPEST + " deep");
    }
  }

  /** One level back; after {@link #enter}, whatever happened. */
  void leave() {
    depth--;
  }
}
