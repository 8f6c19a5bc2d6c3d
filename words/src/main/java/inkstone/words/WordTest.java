package inkstone.words;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A test of word vectors, read from a file of one of two forms, which its content tells:
 *
 * <ul>
 *   <li>pairs with people's opinion of how near they are, {@code word word number} with tabs or
 *       blanks between (WordSim-353, SimLex-999, WordSim-240);
 *   <li>analogies, {@code word word word word}, in sections that begin with {@code : name}
 *       (Google's questions-words, CA8).
 * </ul>
 *
 * Lines that begin with {@code #} are passed over. Upper and lower case are one.
 */
public sealed interface WordTest permits SimilarityTest, AnalogyTest {

  /** As many of the most frequent words as gensim compares with, too. */
  int FREQUENT = 300_000;

  /** Name of the file, without its ending. */
  String name();

  /** Asks the vectors. */
  TestScore score(WordVectors vectors);

  /**
   * Reads a file.
   *
   * @throws WordsException if there is no such file, or a line has another form
   */
  static WordTest read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new WordsException(file + ": there is no such test");
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new WordsException(file + ": cannot be read as UTF-8 text: " + e, e);
    }
    var name = file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    var pairs = new ArrayList<SimilarityTest.Pair>();
    var sections = new ArrayList<AnalogyTest.Section>();
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i).strip().replace("\ufeff", "");
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      if (line.startsWith(":")) {
        sections.add(new AnalogyTest.Section(line.substring(1).strip(), new ArrayList<>()));
        continue;
      }
      var parts = line.split("[\\t ]+");
      if (parts.length == 3 && parts[2].matches("[-+]?\\d+(\\.\\d*)?") && sections.isEmpty()) {
        pairs.add(new SimilarityTest.Pair(parts[0], parts[1], Double.parseDouble(parts[2])));
      } else if (parts.length == 4 && pairs.isEmpty()) {
        if (sections.isEmpty()) {
          sections.add(new AnalogyTest.Section(name, new ArrayList<>()));
        }
        sections.getLast().questions().add(Arrays.asList(parts));
      } else {
        throw new WordsException(
            "%s, line %d: '%s' is neither 'word word number' nor 'word word word word' as the lines before it"
                .formatted(file, i + 1, line));
      }
    }
    if (pairs.isEmpty() && sections.isEmpty()) {
      throw new WordsException(file + ": has no question; is this a test of word vectors?");
    }
    return pairs.isEmpty() ? new AnalogyTest(name, sections) : new SimilarityTest(name, pairs);
  }
}
