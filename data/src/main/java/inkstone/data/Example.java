package inkstone.data;

import java.util.Optional;

/**
 * A text to learn from, or to judge by.
 *
 * @param text what is read
 * @param pair a second text that belongs to it
 * @param label what is said of it; empty where nothing is
 * @param place where it stands, as {@code reviews.csv, line 7}
 */
public record Example(String text, Optional<String> pair, String label, String place) {

  /** A text by itself, of which nothing is known. */
  public static Example of(String text) {
    return new Example(text, Optional.empty(), "", "the text");
  }
}
