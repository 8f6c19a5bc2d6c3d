package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody can type a control token; a template can ask for one. */
class SpecialTokenTest {

  private static final List<String> NAMES =
      List.of("<|im_start|>", "<|im_end|>", "<|im_end|>\n", "<s>", "hello", " the", "\u58A8", "{}");

  private static List<Tokenizer> small() {
    var corpus = List.of("say hello to the world hello the the <|im_start|>user <s> \u58A8\u6C34");
    return List.of(
        Tokenizer.ofBytes(NAMES),
        new BpeTrainer(300, SplitPattern.GPT2, NAMES).train(corpus),
        new BpeTrainer(300, SplitPattern.CL100K, NAMES).train(corpus),
        new BpeTrainer(300, SplitPattern.QWEN, NAMES).train(corpus),
        new CharacterTokenizer(1000, NAMES).train(corpus));
  }

  @Test
  void attackOnOurOwn() {
    for (Tokenizer tokenizer : small()) {
      assertEquals(NAMES, List.copyOf(tokenizer.special().keySet()));
      attack(tokenizer, 2000);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tokenizer-gpt2",
        "tokenizer-qwen3/models",
        "tokenizer-llama3/models",
        "tokenizer-minimind-zh",
        "tokenizer-minimind-zh/merges.txt"
      })
  void attackOnWellKnownOnes(String name) {
    attack(Reference.tokenizer(name), 1000);
  }

  /** Whole names, pieces of them, names in names, and names glued to all kinds of text. */
  private static void attack(Tokenizer tokenizer, int rounds) {
    long seed = RandomText.seed();
    var random = new SplittableRandom(seed);
    var names = List.copyOf(tokenizer.special().keySet());
    var texts = new ArrayList<>(names);
    for (int i = 0; i < rounds; i++) {
      var text = new StringBuilder();
      for (int part = 0; part < 4; part++) {
        String name = names.get(random.nextInt(names.size()));
        int cut = random.nextInt(name.length() + 1);
        switch (random.nextInt(5)) {
          case 0 -> text.append(name);
          case 1 -> text.append(name, 0, cut);
          case 2 -> text.append(name, cut, name.length());
          case 3 -> text.append(name, 0, cut).append(name).append(name, cut, name.length());
          default -> text.append(RandomText.next(random, 3));
        }
      }
      texts.add(text.toString());
    }
    var special = new HashSet<>(tokenizer.special().values());
    for (String text : texts) {
      int[] ids = tokenizer.encode(text);
      for (int id : ids) {
        assertFalse(special.contains(id), () -> "seed %d: '%s' gave %d".formatted(seed, text, id));
      }
      int[] spans = tokenizer.encodeTemplate(List.of(Span.plain(text)));
      assertArrayEquals(ids, spans);
    }
    List<int[]> all = tokenizer.encodeAll(texts);
    for (int i = 0; i < texts.size(); i++) {
      assertArrayEquals(tokenizer.encode(texts.get(i)), all.get(i));
    }
  }

  @Test
  void aTemplateYieldsSpecialTokensTheLongestFirst() {
    for (Tokenizer tokenizer : small()) {
      int start = tokenizer.special("<|im_start|>");
      int longer = tokenizer.special("<|im_end|>\n");
      int shorter = tokenizer.special("<|im_end|>");
      int[] b = tokenizer.encode("b");
      assertArrayEquals(
          new int[] {start, b[0], longer, shorter, b[0]},
          tokenizer.encodeTemplate("<|im_start|>b<|im_end|>\n<|im_end|>b"));
      assertEquals("bb", tokenizer.decode(start, b[0], longer, shorter, b[0]));
      assertArrayEquals(new byte[0], tokenizer.bytes(start));
    }
  }

  @Test
  void onlyTrustedSpansNameSpecialTokens() {
    Tokenizer bytes = Tokenizer.ofBytes(List.of("<s>", "</s>"));
    assertArrayEquals(
        new int[] {256, '<', 's', '>', 'x', 257},
        bytes.encodeTemplate(
            List.of(Span.template("<s>"), Span.plain("<s>x"), Span.template("</s>"))));
    // A name that starts in the template and ends in what a user wrote is no name.
    assertArrayEquals(
        new int[] {'<', 's', '>'},
        bytes.encodeTemplate(List.of(Span.template("<s"), Span.plain(">"))));
    assertArrayEquals(
        new int[] {'<', 's', '>'},
        bytes.encodeTemplate(List.of(Span.plain("<"), Span.template("s>"))));
    assertArrayEquals(
        new int[] {'<', 's', '>'},
        bytes.encodeTemplate(List.of(Span.template("<s"), Span.template(">"))));
    assertArrayEquals(new int[0], bytes.encodeTemplate(List.of()));
    assertArrayEquals(
        new int[] {'a', 256}, bytes.encodeTemplate(List.of(Span.plain("a"), Span.template("<s>"))));
  }

  @Test
  void spansAreEncodedAsOneText() {
    Tokenizer tokenizer = BpeTrainer.of(258).train(List.of("abab"));
    assertArrayEquals(
        new int[] {256}, tokenizer.encodeTemplate(List.of(Span.template("a"), Span.plain("b"))));
  }

  @Test
  void anUnknownNameIsAnError() {
    var error =
        assertThrows(
            TokenizerException.class, () -> Tokenizer.ofBytes(List.of("<s>")).special("<e>"));
    assertEquals("no special token '<e>' in this tokenizer; it has [<s>]", error.getMessage());
  }

  @Test
  void qwenTellsControlTokensFromWords() {
    Tokenizer qwen = Reference.tokenizer("tokenizer-qwen3/models");
    // <think> is in the file as a token that is not special, and Hugging Face gives it anywhere.
    assertArrayEquals(new int[] {151667, 198, 151668}, qwen.encode("<think>\n</think>"));
    assertEquals("<think>", qwen.decode(151667));
    // <|fim_prefix|> is not marked either, but it reads as a control token.
    assertEquals(151659, qwen.special("<|fim_prefix|>"));
    assertFalse(Arrays.stream(qwen.encode("<|fim_prefix|>")).anyMatch(id -> id == 151659));
    assertArrayEquals(
        new int[] {151644, 872, 198, 151645}, qwen.encodeTemplate("<|im_start|>user\n<|im_end|>"));
  }
}
