package inkstone.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** The languages whose apostrophes, quotes and abbreviations {@link MosesTokenizer} knows. */
public enum MosesLanguage {
  /** English. */
  EN,
  /** German. */
  DE;

  /** What an abbreviation ends with that has its full stop only before a number. */
  private static final String BEFORE_NUMBERS = "#";

  private final Set<String> abbreviations = new HashSet<>();
  private final Set<String> beforeNumbers = new HashSet<>();

  MosesLanguage() {
    for (var word : words()) {
      if (word.endsWith(BEFORE_NUMBERS)) {
        beforeNumbers.add(word.substring(0, word.length() - 1));
      } else {
        abbreviations.add(word);
      }
    }
  }

  private String[] words() {
    var file = "abbreviations-" + code() + ".txt";
    try (var in = MosesLanguage.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is missing beside this class");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().split("\\s+");
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }

  /** The language of a code such as {@code de}. */
  public static MosesLanguage of(String code) {
    return Arrays.stream(values())
        .filter(each -> each.code().equals(code))
        .findFirst()
        .orElseThrow(
            () ->
                new TokenizerException(
                    "Moses' rules for language '%s' are not here; there are those for en and de"
                        .formatted(code)));
  }

  /** The language's two letters. */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a full stop behind this belongs to it. */
  boolean abbreviates(String word) {
    return abbreviations.contains(word);
  }

  /** Whether a full stop behind this belongs to it where a number follows. */
  boolean abbreviatesBeforeNumbers(String word) {
    return beforeNumbers.contains(word);
  }
}
