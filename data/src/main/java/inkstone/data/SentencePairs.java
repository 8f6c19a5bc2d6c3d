package inkstone.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Sentences and their translations.
 *
 * @param sources one sentence each
 * @param targets what each means in the other language, as many
 */
public record SentencePairs(List<String> sources, List<String> targets) {

  /** Copies the lists. */
  public SentencePairs {
    sources = List.copyOf(sources);
    targets = List.copyOf(targets);
    if (sources.size() != targets.size()) {
      throw new CorpusException(
          "%d sentences and %d translations; there must be one for each"
              .formatted(sources.size(), targets.size()));
    }
  }

  /**
   * Reads two files with a sentence on each line, also with {@code .gz}.
   *
   * @throws CorpusException if one is missing, no text, or longer than the other
   */
  public static SentencePairs read(Path source, Path target) {
    var left = lines(source);
    var right = lines(target);
    if (left.size() != right.size()) {
      throw new CorpusException(
          "%s has %d lines and %s has %d; line n of one must translate line n of the other"
              .formatted(source, left.size(), target, right.size()));
    }
    return new SentencePairs(left, right).withoutEmpty();
  }

  /**
   * Reads a file with a sentence, a tab and its translation on each line, also with {@code .gz};
   * further columns are left out.
   *
   * @throws CorpusException if it is missing, no text, or a line has no tab
   */
  public static SentencePairs readColumns(Path file) {
    var left = new ArrayList<String>();
    var right = new ArrayList<String>();
    for (var line : lines(file)) {
      var columns = line.split("\t", -1);
      if (columns.length < 2) {
        throw new CorpusException(
            "%s, line %d: a sentence, a tab and its translation are needed, but there is no tab"
                .formatted(file, left.size() + 1));
      }
      left.add(columns[0]);
      right.add(columns[1]);
    }
    return new SentencePairs(left, right).withoutEmpty();
  }

  /** The lines of a text, also with {@code .gz}. */
  public static List<String> lines(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CorpusException(file + ": there is no such file");
    }
    try {
      var bytes = Files.readAllBytes(file);
      if (file.toString().endsWith(".gz")) {
        try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
          bytes = unpacked.readAllBytes();
        }
      }
      // Not String.lines: a lone carriage return or another separator is part of a sentence.
      var text = TextDecoder.decode(bytes, TextDecoder.start(bytes));
      var lines = new ArrayList<String>();
      int from = 0;
      for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        lines.add(line(text, from, end));
        from = end + 1;
      }
      if (from < text.length()) {
        lines.add(line(text, from, text.length()));
      }
      return lines;
    } catch (TextDecoder.NoText e) {
      throw new CorpusException("%s: %s".formatted(file, e.reason()), e);
    } catch (IOException e) {
      throw new CorpusException("%s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static String line(String text, int from, int end) {
    return text.substring(from, end > from && text.charAt(end - 1) == '\r' ? end - 1 : end);
  }

  /** A sentence without a translation teaches nothing. */
  private SentencePairs withoutEmpty() {
    var left = new ArrayList<String>();
    var right = new ArrayList<String>();
    for (int i = 0; i < size(); i++) {
      if (!sources.get(i).isBlank() && !targets.get(i).isBlank()) {
        left.add(sources.get(i));
        right.add(targets.get(i));
      }
    }
    return new SentencePairs(left, right);
  }

  /** The number of pairs. */
  public int size() {
    return sources.size();
  }

  /** The other way round. */
  public SentencePairs reversed() {
    return new SentencePairs(targets, sources);
  }

  /** What is learned from, and a part that is not: both drawn by a seed. */
  public record Parted(SentencePairs training, SentencePairs heldOut) {}

  /**
   * Holds out a number of pairs. A sentence that comes in several pairs, with other translations,
   * is held out with all of them or none.
   */
  public Parted holdOut(int count, long seed) {
    if (count < 1 || count >= size()) {
      throw new CorpusException(
          "%d pairs cannot be held out of %d; hold out 1 or more, and leave some to learn from"
              .formatted(count, size()));
    }
    double share = (double) count / size();
    var parts = List.of(new ArrayList<String>(), new ArrayList<String>());
    var others = List.of(new ArrayList<String>(), new ArrayList<String>());
    for (int i = 0; i < size(); i++) {
      boolean held = Mix.unit(Mix.mix(seed, sources.get(i))) < share;
      var to = held ? others : parts;
      to.getFirst().add(sources.get(i));
      to.getLast().add(targets.get(i));
    }
    return new Parted(
        new SentencePairs(parts.getFirst(), parts.getLast()),
        new SentencePairs(others.getFirst(), others.getLast()));
  }
}
