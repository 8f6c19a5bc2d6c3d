package inkstone.words;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SplitterTest {

  private static List<List<String>> split(Splitter splitter, String text) {
    var sentences = new ArrayList<List<String>>();
    var sentence = new ArrayList<String>();
    splitter.split(
        text,
        sentence::add,
        () -> {
          if (!sentence.isEmpty()) {
            sentences.add(List.copyOf(sentence));
            sentence.clear();
          }
        });
    if (!sentence.isEmpty()) {
      sentences.add(sentence);
    }
    return sentences;
  }

  @Test
  void blanksPartWordsAndLinesSentences() {
    assertEquals(
        List.of(List.of("Grind", "the-ink."), List.of("Write!")),
        split(Splitter.SPACES, "Grind \t the-ink.\r\n\n  Write!"));
  }

  @Test
  void lettersAreLoweredAndPunctuationEndsSentences() {
    assertEquals(
        List.of(List.of("don't", "grind", "2", "inks"), List.of("é", "ok", "new", "line")),
        split(Splitter.LETTERS, "Don't grind 2 'inks'. É—ok\nnew line\n\n"));
    assertEquals(
        List.of(List.of("a"), List.of("b")), split(Splitter.LETTERS, "a\r\n\r\nb"), "empty line");
  }

  @Test
  void chineseIsSegmented() {
    var sentences = split(Splitter.CHINESE, "人工智能改变世界。我们使用Word2Vec！\n第二行");
    assertEquals(3, sentences.size());
    assertEquals(List.of("人工智能", "改变", "世界"), sentences.getFirst());
    assertTrue(sentences.get(1).contains("我们"), sentences.toString());
    assertTrue(
        sentences.stream()
            .flatMap(List::stream)
            .noneMatch(w -> w.contains("。") || w.contains("！")));
  }
}
