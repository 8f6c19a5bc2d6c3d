package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.ModelException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class GgufDefaultsTest {

  private static Map<String, Object> metadata(Object... pairs) {
    var metadata = new LinkedHashMap<String, Object>();
    for (int i = 0; i < pairs.length; i += 2) {
      metadata.put(pairs[i].toString(), pairs[i + 1]);
    }
    return metadata;
  }

  private static GenerationDefaults read(Object... pairs) {
    return new GgufDefaults(metadata(pairs)).read();
  }

  @Test
  void silenceIsTheUsual() {
    assertEquals(
        new GenerationDefaults(OptionalInt.empty(), List.of(), GenerationDefaults.SAMPLING),
        read());
  }

  @Test
  void readsTokensAndSampling() {
    assertEquals(
        new GenerationDefaults(
            OptionalInt.of(1), List.of(2, 7, 9), new Sampling(0.6, 20, 0.9, 0.1, 1.2)),
        read(
            "tokenizer.ggml.add_bos_token",
            true,
            "tokenizer.ggml.bos_token_id",
            1L,
            "tokenizer.ggml.eos_token_id",
            2L,
            "tokenizer.ggml.eot_token_id",
            7,
            "tokenizer.ggml.eom_token_id",
            9L,
            "general.sampling.temp",
            0.6f,
            "general.sampling.top_k",
            20,
            "general.sampling.top_p",
            0.9f,
            "general.sampling.min_p",
            0.1f,
            "general.sampling.penalty_repeat",
            1.2f));
    assertEquals(
        List.of(3),
        read("tokenizer.ggml.eos_token_id", 3L, "tokenizer.ggml.eot_token_id", 3L).end());
  }

  /** Gemma's converted files name no end of a turn, only of a text. */
  @Test
  void aTurnEndsByTheNameOfItsToken() {
    var tokens = List.of("<pad>", "<eos>", "<end_of_turn>", "a", "<|im_end|>");
    assertEquals(
        List.of(1, 4, 2),
        read("tokenizer.ggml.tokens", tokens, "tokenizer.ggml.eos_token_id", 1L).end());
    assertEquals(
        List.of(2, 4),
        read("tokenizer.ggml.tokens", tokens, "tokenizer.ggml.eos_token_id", 2L).end());
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    var defaults =
        new GenerationDefaults(
            OptionalInt.of(1), List.of(2, 7), new Sampling(0.6, 20, 0.9, 0.1, 1.2));
    assertEquals(defaults, new GgufDefaults(GgufDefaults.of(defaults)).read());
  }

  @Test
  void theFirstTokenIsAddedWhereLlamaCppAddsIt() {
    var id = "tokenizer.ggml.bos_token_id";
    var model = "tokenizer.ggml.model";
    var pre = "tokenizer.ggml.pre";
    var add = "tokenizer.ggml.add_bos_token";
    assertEquals(OptionalInt.of(5), read(id, 5L, model, "llama").begin());
    assertEquals(OptionalInt.empty(), read(id, 5L, model, "llama", add, false).begin());
    assertEquals(OptionalInt.empty(), read(id, 5L, model, "gpt2", pre, "gpt-2").begin());
    assertEquals(OptionalInt.of(5), read(id, 5L, model, "gpt2", pre, "llama-bpe").begin());
    assertEquals(OptionalInt.of(5), read(id, 5L, model, "gpt2", add, true).begin());
    assertEquals(OptionalInt.empty(), read(model, "llama").begin());
  }

  @Test
  void aValueThatCannotBeIsNamed() {
    for (Object wrong : new Object[] {"1", -1, 1L << 40}) {
      var message =
          assertThrows(ModelException.class, () -> read("tokenizer.ggml.eos_token_id", wrong))
              .getMessage();
      assertTrue(String.valueOf(message).contains("eos_token_id is " + wrong), message);
    }
    var message =
        assertThrows(ModelException.class, () -> read("general.sampling.temp", -1f)).getMessage();
    assertTrue(String.valueOf(message).contains("general.sampling.*: temperature"), message);
    message =
        assertThrows(ModelException.class, () -> read("general.sampling.top_p", "x")).getMessage();
    assertTrue(String.valueOf(message).contains("top_p is x; expected a number"), message);
  }

  @Test
  void whatIsWrittenIsReadBack() {
    for (var begin : List.of(OptionalInt.empty(), OptionalInt.of(3))) {
      var defaults = new GenerationDefaults(begin, List.of(4, 5), GenerationDefaults.SAMPLING);
      assertEquals(defaults, new GgufDefaults(GgufDefaults.of(defaults)).read());
    }
  }
}
