package inkstone.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts normalised text into the pieces that a model encodes one by one. */
interface PreTokenizer {

  /** Takes the pieces in order. */
  interface Sink {
    /**
     * @param first whether the piece begins where the whole text does
     */
    void piece(String text, boolean first);
  }

  /** Hands the pieces of {@code text}, none of them empty, to {@code out}. */
  void split(String text, boolean first, Sink out);

  /** Finds the delimiters of a text. */
  interface Delimiters {
    Stretches find(String text);

    /** Every match of {@code pattern}. */
    static Delimiters matching(Pattern pattern) {
      return text -> {
        var stretches = new Stretches();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
          stretches.add(matcher.start(), false);
          stretches.add(matcher.end(), true);
        }
        stretches.add(text.length(), false);
        return stretches;
      };
    }

    /** Every single character that {@code delimiter} holds for. */
    static Delimiters characters(java.util.function.IntPredicate delimiter) {
      return text -> {
        var stretches = new Stretches();
        for (int i = 0; i < text.length(); ) {
          int c = text.codePointAt(i);
          int end = i + Character.charCount(c);
          if (delimiter.test(c)) {
            stretches.add(i, false);
            stretches.add(end, true);
          }
          i = end;
        }
        stretches.add(text.length(), false);
        return stretches;
      };
    }

    /** What is no delimiter for these, and the other way round. */
    default Delimiters inverted() {
      return text -> {
        Stretches found = find(text);
        var inverted = new Stretches();
        for (int i = 0; i < found.size(); i++) {
          inverted.add(found.end(i), !found.isDelimiter(i));
        }
        return inverted;
      };
    }
  }

  /** Splits at delimiters. */
  static PreTokenizer at(Delimiters delimiters, SplitBehavior behavior) {
    return (text, first, out) -> behavior.cut(text, first, delimiters.find(text), out);
  }

  /** Cuts and keeps everything, by a {@link Splitter}, which byte-level models use as it is. */
  record Cut(Splitter splitter) implements PreTokenizer {
    @Override
    public void split(String text, boolean first, Sink out) {
      char[] units = text.toCharArray();
      var ends = new IntList(units.length / 4);
      splitter.split(units, 0, units.length, ends);
      int start = 0;
      for (int i = 0; i < ends.size(); i++) {
        out.piece(text.substring(start, ends.get(i)), first && start == 0);
        start = ends.get(i);
      }
    }
  }

  /** GPT-2's: cuts, then writes each byte as a character of {@link ByteAlphabet}. */
  record ByteLevel(boolean prefixSpace, Splitter splitter) implements PreTokenizer {
    @Override
    public void split(String text, boolean first, Sink out) {
      String spaced = prefixSpace && !text.startsWith(" ") ? " " + text : text;
      new Cut(splitter)
          .split(
              spaced,
              first,
              (piece, begins) -> out.piece(ByteAlphabet.write(Utf8.encode(piece)), begins));
    }
  }

  /** Writes spaces as a visible character, with one before the text. */
  record Metaspace(String replacement, Prepend prepend, boolean split) implements PreTokenizer {

    /** Before which texts the character is put. */
    enum Prepend {
      /** Every stretch between added tokens. */
      ALWAYS,
      /** The beginning of a text. */
      FIRST,
      /** None. */
      NEVER
    }

    @Override
    public void split(String text, boolean first, Sink out) {
      String marked = text.replace(" ", replacement);
      boolean wanted = prepend == Prepend.ALWAYS || prepend == Prepend.FIRST && first;
      if (wanted && !marked.startsWith(replacement)) {
        marked = replacement + marked;
      }
      if (split) {
        int mark = replacement.codePointAt(0);
        at(Delimiters.characters(c -> c == mark), SplitBehavior.MERGED_WITH_NEXT)
            .split(marked, first, out);
      } else if (!marked.isEmpty()) {
        out.piece(marked, first);
      }
    }
  }
}
