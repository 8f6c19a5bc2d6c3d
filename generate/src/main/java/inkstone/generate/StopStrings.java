package inkstone.generate;

import java.util.List;

/**
 * Ends a text that comes in parts before the first stop string. What may be the beginning of one is
 * held back until it is sure. The result does not depend on how the text is parted: the stop string
 * that is complete first counts and, of two that end together, the longer.
 */
final class StopStrings {

  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean stopped;

  StopStrings(List<String> stops) {
    this.stops = stops;
  }

  /** What is certain to be part of the text; nothing more once {@link #stopped}. */
  String accept(String text) {
    if (stopped) {
      return "";
    }
    held.append(text);
    int start = -1;
    int end = Integer.MAX_VALUE;
    for (var stop : stops) {
      int at = held.indexOf(stop);
      int after = at + stop.length();
      if (at >= 0 && (after < end || (after == end && at < start))) {
        start = at;
        end = after;
      }
    }
    stopped = start >= 0;
    return take(stopped ? start : held.length() - beginning());
  }

  /** What was held back, now that nothing more comes; empty once {@link #stopped}. */
  String finish() {
    return stopped ? "" : take(held.length());
  }

  /** Whether a stop string has come. */
  boolean stopped() {
    return stopped;
  }

  /** The length of the longest end of the text that is the beginning of a stop string. */
  private int beginning() {
    int longest = 0;
    for (var stop : stops) {
      for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
        if (stop.startsWith(held.substring(held.length() - n))) {
          longest = n;
        }
      }
    }
    return longest;
  }

  private String take(int length) {
    var text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }
}
