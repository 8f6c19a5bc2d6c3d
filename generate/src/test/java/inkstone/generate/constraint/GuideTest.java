package inkstone.generate.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GuideTest {

  private static final int END = 256;
  private static final Tokenizer BYTES = Tokenizer.ofBytes(List.of("<|end|>", "<|other|>"));

  private static Guide start(Constraint constraint) {
    return constraint.over(TokenBytes.of(BYTES, List.of(END)), true);
  }

  private static Guide after(Guide guide, String text) {
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      guide = guide.accept(value & 0xFF);
    }
    return guide;
  }

  private static List<Integer> allowed(Guide guide) {
    var mask = guide.allowed();
    var ids = IntStream.range(0, BYTES.vocabularySize()).filter(mask::allows).boxed().toList();
    assertEquals(ids.size(), mask.count());
    return ids;
  }

  @Test
  void allowsWhatMayComeAndTheEndWhereTheTextIsComplete() {
    var guide = start(Constraint.regex("ab?(c|d)*"));
    assertEquals(List.of((int) 'a'), allowed(guide));
    assertFalse(guide.complete());
    guide = guide.accept('a');
    assertEquals(List.of((int) 'b', (int) 'c', (int) 'd', END), allowed(guide));
    assertTrue(guide.complete());
    assertFalse(guide.finished());
    var ended = guide.accept(END);
    assertTrue(ended.finished());
    assertEquals(0, ended.allowed().count());
    assertThrows(ConstraintException.class, () -> ended.accept('c'));
    // The point before is what it was.
    assertEquals(List.of((int) 'c', (int) 'd', END), allowed(guide.accept('b')));
  }

  @Test
  void isFinishedWhereNothingButTheEndMayCome() {
    assertTrue(after(start(Constraint.regex("ab")), "ab").finished());
    assertFalse(after(start(Constraint.regex("ab")), "a").finished());
    assertTrue(after(start(Constraint.json("{\"const\":[1]}")), "[1]").finished());
    assertTrue(after(start(Constraint.json()), "{\"a\": [1,{\"b\":null}]}").finished());
  }

  @Test
  void refusesATokenThatMustNotCome() {
    var guide = start(Constraint.regex("ab"));
    for (int id : new int[] {'b', END, END + 1}) {
      var e = assertThrows(ConstraintException.class, () -> guide.accept(id));
      assertEquals("token " + id + " must not come here", e.getMessage());
    }
  }

  @Test
  void halvesOfCharactersGoOnAsTheyMust() {
    var guide = start(Constraint.regex("[墨砚]水"));
    assertEquals(List.of(0xE5, 0xE7), allowed(guide));
    assertEquals(List.of(0xA2), allowed(guide.accept(0xE5)));
    assertEquals(List.of(0xA0), allowed(guide.accept(0xE7)));
    assertTrue(after(guide, "砚水").finished());
  }

  @Test
  void masksAreKept() {
    var guide = start(Constraint.json());
    var one = after(guide, "[\"ab");
    assertSame(one.allowed(), after(guide, "[\"xyz").allowed());
  }

  @Test
  void whiteSpaceIsAtMostOneSpaceBehindColonAndComma() {
    var any = start(Constraint.json());
    for (var good :
        List.of("{\"a\":1,\"b\":[]}", "{\"a\": 1, \"b\": []}", "[1, 2,3]", "{}", "-0.5e+10")) {
      assertTrue(after(any, good).complete(), good);
    }
    for (var bad :
        List.of(
            " 1",
            "[ 1]",
            "[1 ]",
            "[1,  2]",
            "{ }",
            "{\"a\" :1}",
            "[1,\n2]",
            "01",
            "[1,]",
            "tru3")) {
      assertThrows(ConstraintException.class, () -> after(any, bad), bad);
    }
  }

  @Test
  void anyJsonNestsAsDeepAsItLikes() {
    var guide = after(start(Constraint.json()), "[".repeat(5_000));
    guide = after(guide, "1" + "]".repeat(4_999));
    assertFalse(guide.complete());
    assertTrue(guide.accept(']').finished());
  }

  @Test
  void controlTokensNeverCome() {
    var anything = start(Constraint.regex("(.|\\n)*"));
    assertFalse(anything.allowed().allows(END + 1));
    assertTrue(anything.allowed().allows(END));
    assertTrue(after(anything, "<|other|>").complete());
  }

  @Test
  void constraintsInTheSameWordsAreEqual() {
    assertEquals(Constraint.regex("a+"), Constraint.regex("a+"));
    assertEquals(Constraint.json(), Constraint.json("true"));
  }
}
