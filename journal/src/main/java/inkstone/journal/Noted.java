package inkstone.journal;

/**
 * Something a person should know.
 *
 * @param level {@code info} or {@code warning}
 * @param message in words
 */
public record Noted(String level, String message) implements Event {

  /** Level of plain information. */
  public static final String INFO = "info";

  /** Level of what may need an eye. */
  public static final String WARNING = "warning";

  /** Refuses other levels. */
  public Noted {
    if (!level.equals(INFO) && !level.equals(WARNING)) {
      throw new IllegalArgumentException(
          "level of a note is \"" + level + "\"; expected \"info\" or \"warning\"");
    }
  }

  /** A note of level info. */
  public static Noted info(String message) {
    return new Noted(INFO, message);
  }

  /** A note of level warning. */
  public static Noted warning(String message) {
    return new Noted(WARNING, message);
  }
}
