package inkstone.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.text.BreakIterator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Charsmap} applied the way Hugging Face does: to every grapheme cluster of at most five
 * bytes as a whole, else to its characters, and of the rules that fit the shortest. (SentencePiece
 * itself goes by bytes and takes the longest: {@link SentencePieceNormalizer}.)
 */
record PrecompiledNormalizer(Charsmap charsmap) implements TextNormalizer {

  private static final int LONGEST_CLUSTER = 5;

  @Override
  public String normalize(String text) {
    var clusters = BreakIterator.getCharacterInstance(Locale.ROOT);
    clusters.setText(text);
    var out = new StringBuilder(text.length());
    int start = clusters.first();
    for (int end = clusters.next(); end != BreakIterator.DONE; start = end, end = clusters.next()) {
      String cluster = text.substring(start, end);
      byte[] bytes = cluster.getBytes(UTF_8);
      String whole = bytes.length <= LONGEST_CLUSTER ? replacement(bytes) : null;
      if (whole != null) {
        out.append(whole);
        continue;
      }
      cluster
          .codePoints()
          .forEach(
              c -> {
                String character = Character.toString(c);
                String single = replacement(character.getBytes(UTF_8));
                out.append(single == null ? character : single);
              });
    }
    return out.toString();
  }

  private @Nullable String replacement(byte[] bytes) {
    Charsmap.Match match = charsmap.shortest(bytes, 0, bytes.length);
    return match == null ? null : match.replacement();
  }
}
