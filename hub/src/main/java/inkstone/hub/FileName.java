package inkstone.hub;

import java.util.regex.Pattern;

/**
 * Names of files that others chose: a server's list, an archive's entries. A good one is a relative
 * path with {@code /} between its parts that stays in its folder on every system.
 */
final class FileName {

  private static final int LONGEST = 1024;
  private static final int LONGEST_PART = 255;

  private static final Pattern DEVICE =
      Pattern.compile("(?i)(.*/)?(con|prn|aux|nul|com\\d|lpt\\d)(\\.[^/]*)?(/.*)?");

  private static final Pattern CONTROL = Pattern.compile("[\\\\\\p{Cntrl}]");

  private FileName() {}

  /**
   * Refuses a name that could leave its folder, or means something else on another system.
   *
   * @return the name
   * @throws HubException with what is wrong with it
   */
  static String check(String name) {
    checkStays(name);
    if (!isPortable(name)) {
      throw refused(name, "means something else on Windows");
    }
    return name;
  }

  /**
   * Refuses a name that could leave its folder.
   *
   * @throws HubException with what is wrong with it
   */
  static void checkStays(String name) {
    var fault = fault(name);
    if (!fault.isEmpty()) {
      throw refused(name, fault);
    }
  }

  /** Whether a name that stays in its folder means the same on every system. */
  static boolean isPortable(String name) {
    return !name.matches(".*[:\"<>|].*")
        && !name.matches("(.*/)?[^/]*[. ](/.*)?")
        && !DEVICE.matcher(name).matches();
  }

  /**
   * Whether a listed file is one to choose from: a name that means something else on another system
   * is left out.
   *
   * @throws HubException for one that could leave its folder, which is no mistake
   */
  static boolean isTaken(String name) {
    checkStays(name);
    return isPortable(name);
  }

  private static HubException refused(String name, String fault) {
    return new HubException(
        "the file name '%s' %s; it is refused, and nothing was written"
            .formatted(shown(name), fault));
  }

  private static String fault(String name) {
    if (name.isEmpty() || name.length() > LONGEST) {
      return "has %d characters, not 1 to %d".formatted(name.length(), LONGEST);
    }
    if (name.startsWith("/")) {
      return "is an absolute path";
    }
    if (CONTROL.matcher(name).find()) {
      return "has a character that no file name should have";
    }
    for (var part : name.split("/", -1)) {
      if (part.equals("..")) {
        return "leads out of its folder";
      }
      if (part.isEmpty() || part.equals(".") || part.length() > LONGEST_PART) {
        return "has a part that is empty, '.' or too long";
      }
    }
    return "";
  }

  /** The last part. */
  static String last(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }

  /** A text that others chose, cut to a line and without what could steer a terminal. */
  static String shown(String text) {
    var cut = text.length() > 200 ? text.substring(0, 200) + "..." : text;
    return cut.replaceAll("\\p{Cntrl}", "\uFFFD");
  }
}
