package inkstone.words;

import com.hankcs.hanlp.HanLP;
import com.hankcs.hanlp.seg.Segment;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Chinese words by HanLP: the likeliest path through its dictionary's bigrams (Viterbi). Names of
 * people, places and organisations that it guesses are not asked for: 人工智能 is one word because the
 * dictionary has it.
 */
final class ChineseWords {

  private static final String ENDS = "。！？；…!?;\n";

  /** Made when it is first needed: it reads 8 MB of dictionaries. Safe for use by all threads. */
  private static final class Loaded {
    static final Segment SEGMENT =
        HanLP.newSegment().enableAllNamedEntityRecognize(false).enableOffset(false);
  }

  private ChineseWords() {}

  static void split(String text, Consumer<String> words, Runnable end) {
    int start = 0;
    for (int at = 0; at <= text.length(); at++) {
      if (at == text.length() || ENDS.indexOf(text.charAt(at)) >= 0) {
        if (at > start) {
          sentence(text.substring(start, at), words);
        }
        end.run();
        start = at + 1;
      }
    }
  }

  private static void sentence(String text, Consumer<String> words) {
    for (var term : Loaded.SEGMENT.seg(text)) {
      var word = term.word.strip().toLowerCase(Locale.ROOT);
      if (!word.isEmpty() && word.chars().allMatch(c -> Splitter.wordly((char) c))) {
        words.accept(word);
      }
    }
  }
}
