package inkstone.journal;

import java.util.Locale;

/** Numbers and texts for people. */
final class Words {

  private Words() {}

  /** Three digits and a unit: 950, 12.6k, 1.02M, 3.00G, 1.50T. */
  static String count(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    var units = new String[] {"", "k", "M", "G", "T"};
    var unit = 0;
    while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    var digits = unit == 0 || Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + digits + "f%s", value, units[unit]);
  }

  /** All digits, in groups of three. */
  static String exact(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** Bytes in decimal units: 512 B, 12.6 kB, 1.02 MB. */
  static String bytes(double value) {
    return unit(value, "B");
  }

  /** A count with its unit: 12.6 GFLOP/s. */
  static String unit(double value, String unit) {
    var text = count(value);
    var last = text.charAt(text.length() - 1);
    return Character.isLetter(last) && Double.isFinite(value)
        ? text.substring(0, text.length() - 1) + " " + last + unit
        : text + " " + unit;
  }

  /** Minutes and seconds, 6:05, or hours before them, 1:06:05. */
  static String clock(double seconds) {
    var whole = Math.round(Math.max(0, seconds));
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }

  /** A share, 0 to 1, in per cent: whole from 10 % on, one digit below. */
  static String percent(double share) {
    return String.format(Locale.ROOT, share >= 0.0995 ? "%.0f%%" : "%.1f%%", share * 100);
  }

  /** A number with that many digits behind the point. */
  static String fixed(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** Text that cannot steer a terminal: control characters but line feed become U+FFFD. */
  static String harmless(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c == '\t' ? ' ' : Character.isISOControl(c) && c != '\n' ? 0xFFFD : c)
        .forEach(out::appendCodePoint);
    return out.toString();
  }
}
