package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.ModelException;
import inkstone.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PiecesTest {

  private static final int END = 256;

  /** Writes {@code text} byte by byte and then the end-of-text token, after an empty prompt. */
  private static LanguageModel writing(String text) {
    return writing(text.getBytes(StandardCharsets.UTF_8));
  }

  private static LanguageModel writing(byte... text) {
    var script =
        Arrays.copyOf(
            IntStream.range(0, text.length).map(i -> text[i] & 0xFF).toArray(), text.length + 1);
    script[text.length] = END;
    return LanguageModel.of(
        Scripted.of(257, script), Tokens.bytes(), GenerationDefaults.documents(END));
  }

  private static GenerationRequest greedy(String prompt) {
    return GenerationRequest.of(prompt).temperature(0);
  }

  private static LanguageModel random(int context) {
    return LanguageModel.of(
        Decoder.random(DecoderConfig.llama(257, context, 16, 2, 2), 3),
        Tokens.bytes(),
        new GenerationDefaults(OptionalInt.of(END), List.of(), GenerationDefaults.SAMPLING));
  }

  private static List<String> texts(LanguageModel model, GenerationRequest request) {
    try (var pieces = model.generate(request)) {
      var texts = new ArrayList<String>();
      pieces.forEach(piece -> texts.add(piece.text()));
      assertEquals(String.join("", texts), pieces.completion().text());
      assertEquals(texts.size(), pieces.completion().completionTokens());
      return texts;
    }
  }

  @Test
  void endsWithTheEndOfTextToken() {
    try (var model = writing("Hi!");
        var pieces = model.generate(greedy("").logprobs(true).seed(5))) {
      var all = new ArrayList<Piece>();
      pieces.forEach(all::add);
      assertEquals(List.of("H", "i", "!", ""), all.stream().map(Piece::text).toList());
      assertEquals(List.of(72, 105, 33, END), all.stream().map(Piece::id).toList());
      var completion = pieces.completion();
      assertEquals("Hi!", completion.text());
      assertEquals(1, completion.promptTokens());
      assertEquals(4, completion.completionTokens());
      assertEquals(FinishReason.STOP, completion.finishReason());
      assertEquals(all.stream().map(Piece::logprob).toList(), completion.logprobs());
      assertEquals(5, completion.seed());
      assertTrue(completion.logprobs().stream().allMatch(p -> p <= 0 && p > -0.1));
      assertTrue(completion.timings().promptSeconds() > 0);
      assertTrue(completion.timings().generationSeconds() > 0);
      assertEquals(
          3 / completion.timings().generationSeconds(),
          completion.timings().tokensPerSecond(),
          1e-6);
      assertTrue(pieces.next().isEmpty());
    }
  }

  @Test
  void logprobsAreListedOnlyWhereAskedFor() {
    try (var model = writing("Hi");
        var pieces = model.generate(greedy(""))) {
      assertEquals(List.of(), pieces.completion().logprobs());
    }
  }

  @Test
  void goesOnFromThePrompt() {
    // The script of the network starts after the end-of-text token; two more tokens skip its first
    // two.
    try (var model = writing("abcd")) {
      assertEquals(List.of("c", "d", ""), texts(model, greedy("xy")));
      try (var pieces = model.generate(greedy("xy"))) {
        assertEquals(3, pieces.completion().promptTokens());
      }
    }
  }

  @Test
  void charactersAreNeverBroken() {
    try (var model = writing("a墨é😀!")) {
      assertEquals(
          List.of("a", "", "", "墨", "", "é", "", "", "", "😀", "!", ""), texts(model, greedy("")));
    }
  }

  @Test
  void anIncompleteCharacterAtTheEndIsReplaced() {
    try (var model = writing("a墨")) {
      assertEquals(List.of("a", "", "\uFFFD"), texts(model, greedy("").maxTokens(3)));
      assertEquals(List.of("a", "\uFFFD"), texts(model, greedy("").maxTokens(2)));
    }
    try (var model = writing((byte) 'a', (byte) 0xFF, (byte) 'b', (byte) 0xE5)) {
      assertEquals(List.of("a", "\uFFFD", "b", "", "\uFFFD"), texts(model, greedy("")));
    }
  }

  @Test
  void stopStringsSpanPiecesAndNeverShow() {
    try (var model = writing("one END two")) {
      var request = greedy("").stop("END");
      assertEquals(List.of("o", "n", "e", " ", "", "", ""), texts(model, request));
      try (var pieces = model.generate(request)) {
        assertEquals("one ", pieces.completion().text());
        assertEquals(FinishReason.STOP, pieces.completion().finishReason());
      }
      // What was held back comes when it is sure.
      assertEquals(
          List.of("o", "n", "e", " ", "", "", "", "END ", "t", "w", "o", ""),
          texts(model, greedy("").stop("ENDE")));
      assertEquals(
          List.of("o", "n", "e", " ", "", "EN"), texts(model, greedy("").stop("END").maxTokens(6)));
    }
  }

  @Test
  void heldTextComesWithTheEndOfTextToken() {
    try (var model = writing("abE")) {
      assertEquals(List.of("a", "b", "", "E"), texts(model, greedy("").stop("END")));
    }
  }

  @Test
  void aStopStringMayEndWithAReplacedCharacter() {
    try (var model = writing((byte) 'a', (byte) 0xE5)) {
      assertEquals(List.of("a", "", ""), texts(model, greedy("").stop("\uFFFD")));
    }
  }

  @Test
  void maxTokensEndTheText() {
    try (var model = writing("abcdef");
        var pieces = model.generate(greedy("").maxTokens(2))) {
      var completion = pieces.completion();
      assertEquals("ab", completion.text());
      assertEquals(FinishReason.LENGTH, completion.finishReason());
      assertEquals(2, completion.completionTokens());
    }
    try (var model = writing("abcdef");
        var pieces = model.generate(greedy("").maxTokens(1))) {
      assertEquals(0, pieces.completion().timings().tokensPerSecond());
    }
  }

  @Test
  void theContextEndsTheText() {
    try (var model = random(12);
        var pieces = model.generate(GenerationRequest.of("12345").maxTokens(100))) {
      assertEquals(FinishReason.LENGTH, pieces.completion().finishReason());
      assertEquals(6, pieces.completion().promptTokens());
      assertEquals(6, pieces.completion().completionTokens());
    }
  }

  @Test
  void aPromptThatLeavesNoRoomIsRefused() {
    try (var model = random(12)) {
      try (var pieces = model.generate(GenerationRequest.of("1234567890"))) {
        assertEquals(1, pieces.completion().completionTokens());
      }
      var e =
          assertThrows(
              GenerationException.class, () -> model.generate(GenerationRequest.of("1234567890A")));
      assertTrue(String.valueOf(e.getMessage()).contains("12 tokens"), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).contains("holds 12"), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).contains("at most 11 tokens"), e.getMessage());
    }
  }

  @Test
  void anEmptyPromptNeedsATokenToBeginWith() {
    var config = DecoderConfig.llama(257, 8, 16, 1, 2);
    try (var model =
        LanguageModel.of(
            Decoder.random(config, 3),
            Tokens.bytes(),
            new GenerationDefaults(OptionalInt.empty(), List.of(END), Sampling.GREEDY))) {
      try (var pieces = model.generate(GenerationRequest.of(""))) {
        assertEquals(1, pieces.completion().promptTokens());
      }
      try (var pieces = model.generate(GenerationRequest.of("a"))) {
        assertEquals(1, pieces.completion().promptTokens());
      }
    }
    try (var model =
        LanguageModel.of(
            Decoder.random(config, 3),
            Tokens.bytes(),
            new GenerationDefaults(OptionalInt.empty(), List.of(), Sampling.GREEDY))) {
      assertThrows(GenerationException.class, () -> model.generate(GenerationRequest.of("")));
    }
  }

  @Test
  void aSeedRepeatsAText() {
    try (var model = random(64)) {
      var request = GenerationRequest.of("a").temperature(1).maxTokens(40);
      assertEquals(texts(model, request.seed(1)), texts(model, request.seed(1)));
      assertNotEquals(texts(model, request.seed(1)), texts(model, request.seed(2)));
      try (var pieces = model.generate(request)) {
        var completion = pieces.completion();
        assertEquals(
            completion.text(), String.join("", texts(model, request.seed(completion.seed()))));
      }
    }
  }

  @Test
  void whatARequestLeavesUnsaidComesFromTheModel() {
    try (var model = random(64)) {
      var said =
          GenerationRequest.of("a").temperature(0.8).topK(0).topP(1).minP(0).repetitionPenalty(1);
      assertEquals(
          texts(model, said.seed(3).maxTokens(30)),
          texts(model, GenerationRequest.of("a").seed(3).maxTokens(30)));
      // One likely token alone, in five ways.
      var greedy = texts(model, greedy("a").maxTokens(30));
      for (var one : List.of(said.topK(1), said.topP(0), said.minP(1))) {
        assertEquals(greedy, texts(model, one.maxTokens(30)));
      }
      assertNotEquals(greedy, texts(model, greedy("a").repetitionPenalty(1e6).maxTokens(30)));
    }
  }

  @Test
  void thePromptCountsForTheRepetitionPenalty() {
    // A random network with a tied head says what it heard last.
    try (var model = random(8)) {
      assertEquals("a", texts(model, greedy("a").maxTokens(1)).getFirst());
      assertNotEquals(
          "a", texts(model, greedy("a").repetitionPenalty(1e6).maxTokens(1)).getFirst());
    }
  }

  @Test
  void closingCancels() {
    try (var model = writing("abcdef")) {
      long before = Tensor.live();
      var pieces = model.generate(greedy(""));
      var seen = new StringBuilder();
      for (var piece : pieces) {
        seen.append(piece.text());
        if (seen.length() == 2) {
          pieces.close();
        }
      }
      assertEquals("ab", seen.toString());
      assertEquals(before + 2, Tensor.live(), "a page that is kept");
      assertEquals(FinishReason.CANCELLED, pieces.completion().finishReason());
      assertEquals("ab", pieces.completion().text());
      assertThrows(NoSuchElementException.class, () -> pieces.iterator().next());
    }
  }

  @Test
  void anotherThreadMayCancel() throws InterruptedException {
    try (var model = random(512)) {
      long before = Tensor.live();
      var pieces = model.generate(GenerationRequest.of("a").maxTokens(500));
      var first = new CountDownLatch(1);
      var closer =
          new Thread(
              () -> {
                try {
                  first.await();
                  pieces.close();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      closer.start();
      for (var piece : pieces) {
        first.countDown();
      }
      closer.join();
      assertTrue(Tensor.live() <= before + 2 * 16, "pages that are kept");
      assertEquals(FinishReason.CANCELLED, pieces.completion().finishReason());
    }
  }

  @Test
  void closingAfterTheEndKeepsTheReason() {
    try (var model = writing("a")) {
      var pieces = model.generate(greedy(""));
      pieces.completion();
      pieces.close();
      pieces.close();
      assertEquals(FinishReason.STOP, pieces.completion().finishReason());
    }
  }

  @Test
  void memoryIsKeptForTheNextTextAndGoesWithTheModel() {
    long outside = Tensor.live();
    try (var model = random(64)) {
      long before = Tensor.live();
      for (int i = 0; i < 20; i++) {
        var pieces = model.generate(GenerationRequest.of("abc").maxTokens(1 + i).seed(1));
        long then = Tensor.live();
        assertEquals(i > 0, then > before, "nothing before the first step");
        pieces.next();
        if (i % 2 == 0) {
          pieces.completion();
        }
        pieces.close();
        assertTrue(Tensor.live() <= before + 4, "one page that is kept, one blank, of two each");
        assertEquals(i == 0 ? 0 : 3, pieces.completion().reusedTokens());
      }
    }
    assertEquals(outside, Tensor.live());
  }

  @Test
  void aFailedStepFreesItsMemory() {
    var decoder = Decoder.random(DecoderConfig.llama(257, 16, 16, 2, 2), 3);
    try (var model = LanguageModel.of(decoder, Tokens.bytes(), GenerationDefaults.documents(END))) {
      decoder.parameters().forEach((name, weight) -> weight.mulInPlace(Double.NaN));
      long before = Tensor.live();
      try (var pieces = model.generate(greedy("a"))) {
        assertThrows(GenerationException.class, pieces::next);
        assertEquals(before + 2, Tensor.live(), "one page");
        assertTrue(pieces.next().isEmpty());
      }
    }
  }

  @Test
  void iteratingAndAskingMayBeMixed() {
    try (var model = writing("abc");
        var pieces = model.generate(greedy(""))) {
      var iterator = pieces.iterator();
      assertEquals("a", iterator.next().text());
      assertEquals("b", pieces.next().orElseThrow().text());
      assertTrue(iterator.hasNext());
      assertTrue(iterator.hasNext());
      assertEquals("c", iterator.next().text());
      assertEquals("abc", pieces.completion().text());
      assertFalse(iterator.hasNext());
    }
  }

  @Test
  void rowsBeyondTheTokenizerNeverCome() {
    try (var model =
        LanguageModel.of(
            Scripted.of(300, 299, 298, 257), Tokens.bytes(), GenerationDefaults.documents(END))) {
      try (var pieces = model.generate(greedy("").maxTokens(3))) {
        pieces.forEach(piece -> assertTrue(piece.id() < 257));
      }
    }
  }

  @Test
  void partsOfTwoModelsAreRefused() {
    try (var small = Decoder.random(DecoderConfig.llama(256, 8, 16, 1, 2), 1)) {
      var defaults = GenerationDefaults.documents(255);
      var e =
          assertThrows(
              ModelException.class, () -> LanguageModel.of(small, Tokens.bytes(), defaults));
      assertTrue(String.valueOf(e.getMessage()).contains("257 tokens"), e.getMessage());
      assertTrue(String.valueOf(e.getMessage()).contains("only 256"), e.getMessage());
      var tokenizer = Tokens.of(List.of(new byte[] {'a'}));
      for (var wrong :
          List.of(
              new GenerationDefaults(OptionalInt.of(256), List.of(), Sampling.GREEDY),
              new GenerationDefaults(OptionalInt.empty(), List.of(3, 256), Sampling.GREEDY),
              new GenerationDefaults(OptionalInt.of(-1), List.of(), Sampling.GREEDY))) {
        assertThrows(ModelException.class, () -> LanguageModel.of(small, tokenizer, wrong));
      }
      assertArrayEquals(
          new int[] {0, 0}, LanguageModel.of(small, tokenizer, defaults).tokenizer().encode("aa"));
    }
  }
}
