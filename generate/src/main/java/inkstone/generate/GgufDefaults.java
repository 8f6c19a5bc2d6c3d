package inkstone.generate;

import inkstone.model.ModelException;
import inkstone.text.ChatTemplate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a model says about its generation in the metadata of a GGUF file.
 *
 * @param metadata of the file
 */
record GgufDefaults(Map<String, Object> metadata) {

  private static final String KEY = "tokenizer.ggml.";
  private static final String SAMPLING = "general.sampling.";

  /** Any of these ends a text in llama.cpp. */
  private static final List<String> ENDS = List.of("eos", "eot", "eom");

  /**
   * Tokens that end an answer wherever a vocabulary has them: converters leave out the ids of some
   * (llama.cpp, {@code llama_vocab::impl::load}).
   */
  private static final List<String> TURN_ENDS =
      List.of("<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|eom_id|>");

  /**
   * Prompts begin with a token where the file says so and, where it is silent, for the kinds of
   * tokenizer for which llama.cpp adds one.
   *
   * @throws ModelException if a value is none that can be used
   */
  GenerationDefaults read() {
    var end = new ArrayList<Integer>();
    for (var name : ENDS) {
      id(name).filter(id -> !end.contains(id)).ifPresent(end::add);
    }
    if (metadata.get(KEY + "tokens") instanceof List<?> tokens) {
      TURN_ENDS.stream()
          .map(tokens::indexOf)
          .filter(id -> id >= 0 && !end.contains(id))
          .forEach(end::add);
    }
    var begin = id("bos");
    boolean added =
        metadata.get(KEY + "add_bos_token") instanceof Boolean said ? said : addedWhereSilent();
    return new GenerationDefaults(
        added && begin.isPresent() ? OptionalInt.of(begin.get()) : OptionalInt.empty(),
        end,
        sampling());
  }

  /**
   * The chat template, which may name the tokens at the beginning and the end.
   *
   * @throws inkstone.text.TemplateException if it is not well-formed
   */
  Optional<ChatTemplate> template() {
    var special = new LinkedHashMap<String, String>();
    if (metadata.get(KEY + "tokens") instanceof List<?> tokens) {
      for (var name : List.of("bos", "eos")) {
        id(name)
            .filter(id -> id < tokens.size())
            .ifPresent(id -> special.put(name + "_token", String.valueOf(tokens.get(id))));
      }
    }
    return metadata.get("tokenizer.chat_template") instanceof String source
        ? Optional.of(ChatTemplate.of(source, special))
        : Optional.empty();
  }

  private boolean addedWhereSilent() {
    return "llama".equals(metadata.get(KEY + "model"))
        || List.of("llama-bpe", "llama3", "llama-v3")
            .contains(String.valueOf(metadata.get(KEY + "pre")));
  }

  private Optional<Integer> id(String name) {
    var value = metadata.get(KEY + name + "_token_id");
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof Number number
        && number.longValue() >= 0
        && number.longValue() <= Integer.MAX_VALUE) {
      return Optional.of(number.intValue());
    }
    throw new ModelException(
        "%s%s_token_id is %s; expected the id of a token".formatted(KEY, name, value));
  }

  private Sampling sampling() {
    var otherwise = GenerationDefaults.SAMPLING;
    try {
      return new Sampling(
          number("temp", otherwise.temperature()),
          (int) number("top_k", otherwise.topK()),
          number("top_p", otherwise.topP()),
          number("min_p", otherwise.minP()),
          number("penalty_repeat", otherwise.repetitionPenalty()));
    } catch (GenerationException e) {
      throw new ModelException("metadata " + SAMPLING + "*: " + e.getMessage(), e);
    }
  }

  private double number(String name, double otherwise) {
    var value = metadata.getOrDefault(SAMPLING + name, otherwise);
    if (!(value instanceof Number number)) {
      throw new ModelException("%s%s is %s; expected a number".formatted(SAMPLING, name, value));
    }
    // The decimal that was meant: 0.9, not 0.899999976.
    return Double.parseDouble(number.toString());
  }

  /** The metadata that says these defaults. */
  static Map<String, Object> of(GenerationDefaults defaults) {
    var metadata = new LinkedHashMap<String, Object>();
    defaults.begin().ifPresent(id -> metadata.put(KEY + "bos_token_id", (long) id));
    metadata.put(KEY + "add_bos_token", defaults.begin().isPresent());
    for (int i = 0; i < Math.min(defaults.end().size(), ENDS.size()); i++) {
      metadata.put(KEY + ENDS.get(i) + "_token_id", (long) defaults.end().get(i));
    }
    var sampling = defaults.sampling();
    if (!sampling.equals(GenerationDefaults.SAMPLING)) {
      metadata.put(SAMPLING + "temp", (float) sampling.temperature());
      metadata.put(SAMPLING + "top_k", sampling.topK());
      metadata.put(SAMPLING + "top_p", (float) sampling.topP());
      metadata.put(SAMPLING + "min_p", (float) sampling.minP());
      metadata.put(SAMPLING + "penalty_repeat", (float) sampling.repetitionPenalty());
    }
    return metadata;
  }
}
