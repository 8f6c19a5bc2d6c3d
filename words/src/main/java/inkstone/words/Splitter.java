package inkstone.words;

import java.util.Locale;
import java.util.function.Consumer;

/** How text becomes words and sentences. */
public enum Splitter {
  /** A line is a sentence, and what stands between blanks a word: text that was split before. */
  SPACES {
    @Override
    void split(String text, Consumer<String> words, Runnable end) {
      int start = -1;
      for (int at = 0; at <= text.length(); at++) {
        char c = at < text.length() ? text.charAt(at) : '\n';
        if (!Character.isWhitespace(c)) {
          start = start < 0 ? at : start;
          continue;
        }
        if (start >= 0) {
          words.accept(text.substring(start, at));
          start = -1;
        }
        if (c == '\n') {
          end.run();
        }
      }
    }
  },
  /**
   * Runs of letters and digits in lower case, an apostrophe between letters included; a sentence
   * ends at {@code . ! ?} and the like, and at an empty line.
   */
  LETTERS {
    @Override
    void split(String text, Consumer<String> words, Runnable end) {
      var lower = text.toLowerCase(Locale.ROOT);
      int start = -1;
      char before = '\n';
      for (int at = 0; at <= lower.length(); at++) {
        char c = at < lower.length() ? lower.charAt(at) : '\n';
        if (inWord(lower, at)) {
          start = start < 0 ? at : start;
        } else {
          if (start >= 0) {
            words.accept(lower.substring(start, at));
            start = -1;
          }
          if (".!?;。！？；…".indexOf(c) >= 0 || (c == '\n' && before == '\n')) {
            end.run();
          }
        }
        before = c == '\r' ? before : c;
      }
      end.run();
    }

    private boolean inWord(String text, int at) {
      return at < text.length()
          && (wordly(text.charAt(at))
              || ((text.charAt(at) == '\'' || text.charAt(at) == '’')
                  && at > 0
                  && at + 1 < text.length()
                  && Character.isLetter(text.charAt(at - 1))
                  && Character.isLetter(text.charAt(at + 1))));
    }
  },
  /** Chinese, segmented by HanLP; Latin words and numbers between it in lower case. */
  CHINESE {
    @Override
    void split(String text, Consumer<String> words, Runnable end) {
      ChineseWords.split(text, words, end);
    }
  };

  /** Tells of each word and of each end of a sentence; ends may come with no word between them. */
  abstract void split(String text, Consumer<String> words, Runnable end);

  /** Of a letter, a digit, a mark on a letter, or half of a character beyond the first plane. */
  static boolean wordly(char c) {
    return Character.isLetterOrDigit(c)
        || Character.isSurrogate(c)
        || Character.getType(c) == Character.NON_SPACING_MARK
        || Character.getType(c) == Character.COMBINING_SPACING_MARK;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
