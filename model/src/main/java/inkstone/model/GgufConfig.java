package inkstone.model;

import inkstone.model.GgufArchitecture.Key;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A network's configuration between GGUF's metadata and Hugging Face's config.json. */
final class GgufConfig {

  private static final JsonMapper JSON = new JsonMapper();

  /** How many layers Gemma's largest models have, whose queries are scaled otherwise. */
  private static final Map<String, Integer> LARGEST = Map.of("gemma2", 46, "gemma3_text", 62);

  private GgufConfig() {}

  /**
   * What tells of a network in a file, read or about to be written.
   *
   * @param shapes of all tensors, by name
   * @param vector the numbers of a tensor
   */
  record Contents(
      Map<String, Object> metadata,
      Map<String, List<Long>> shapes,
      Function<String, float[]> vector) {}

  /** What config.json would say. */
  static ObjectNode json(Contents file, GgufArchitecture architecture) {
    var json = JSON.createObjectNode().put("model_type", architecture.modelType());
    if (file.metadata.get("split.count") instanceof Number parts && parts.longValue() > 1) {
      throw new ModelException(
          "this is one of %s parts; merge them with llama-gguf-split first".formatted(parts));
    }
    for (var key : architecture.keys()) {
      var name = architecture.key(key.gguf());
      var value = file.metadata.get(name);
      if (value != null && !json.has(key.theirs())) {
        put(json, key, name, value);
      }
    }
    json.put("tie_word_embeddings", !file.shapes.containsKey("output.weight"));
    var vocabulary = file.shapes.get("token_embd.weight");
    if (vocabulary != null) {
      json.put("vocab_size", vocabulary.isEmpty() ? 0 : vocabulary.getFirst());
    }
    presumed(json, file, architecture);
    GgufRotary.read(
        json,
        key -> Optional.ofNullable(file.metadata.get(architecture.key(key))),
        name ->
            file.shapes.containsKey(name)
                ? Optional.of(file.vector.apply(name))
                : Optional.empty());
    return json;
  }

  private static void put(ObjectNode json, Key key, String name, Object value) {
    switch (value) {
      case Integer number when key.whole() -> json.put(key.theirs(), number);
      case Long number when key.whole() -> json.put(key.theirs(), number);
      // The decimal that was meant: 1e-5, not 0.0000099999997.
      case Float number when !key.whole() ->
          json.put(key.theirs(), Double.parseDouble(number.toString()));
      case Double number when !key.whole() -> json.put(key.theirs(), number);
      default ->
          throw new ModelException(
              "%s is %s; expected %s"
                  .formatted(name, value, key.whole() ? "a whole number" : "a float"));
    }
  }

  /** What no key says and llama.cpp takes for granted in a family. */
  private static void presumed(ObjectNode json, Contents file, GgufArchitecture architecture) {
    int heads = Math.max(1, json.path("num_attention_heads").asInt(1));
    int dim = json.path("head_dim").asInt(json.path("hidden_size").asInt(0) / heads);
    switch (architecture.modelType()) {
      case "qwen2", "gpt2" -> {} // their biases are always the same
      case "gemma2", "gemma3_text" -> {
        boolean largest =
            json.path("num_hidden_layers").asInt(0)
                == LARGEST.getOrDefault(architecture.modelType(), 0);
        json.put(
            "query_pre_attn_scalar", largest ? json.path("hidden_size").asInt(0) / heads : dim);
      }
      case "phi3" -> {
        if (json.path("sliding_window").asInt(0) == 0) {
          json.putNull("sliding_window");
        }
        var turned = file.metadata.get(architecture.key("rope.dimension_count"));
        if (turned instanceof Number number && dim > 0) {
          json.put("partial_rotary_factor", number.doubleValue() / dim);
        }
      }
      case "qwen3_moe" -> json.put("norm_topk_prob", true);
      case "olmo2" -> {
        if (file.metadata.get(architecture.key("attention.sliding_window")) instanceof Number w
            && w.longValue() > 0) {
          throw new ModelException(
              "an olmo2 file with a window is an OLMo 3, which is not known; take an OLMo 2");
        }
      }
      default -> {}
    }
    if (!List.of("qwen2", "gpt2").contains(architecture.modelType())) {
      json.put("attention_bias", file.shapes.containsKey("blk.0.attn_q.bias"));
      json.put("mlp_bias", file.shapes.containsKey("blk.0.ffn_up.bias"));
    }
  }

  /** The numbers of a configuration as metadata. */
  static Map<String, Object> metadata(
      ObjectNode json, DecoderConfig config, GgufArchitecture architecture) {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put(architecture.key("vocab_size"), (long) config.vocabulary());
    for (var key : architecture.keys()) {
      var value = json.get(key.theirs());
      if (value != null && value.isNumber()) {
        metadata.put(
            architecture.key(key.gguf()),
            key.whole() ? (Object) value.asLong() : (Object) (float) value.asDouble());
      }
    }
    if (architecture.modelType().equals("phi3")) {
      metadata.put(
          architecture.key("rope.dimension_count"),
          (long) rotary(config).orElseThrow().dims(config.headDim()));
    }
    return metadata;
  }

  /** Rotary positions of the layers that see everything, where others see a window alone. */
  static Optional<RotaryConfig> rotary(DecoderConfig config) {
    var style = config.style();
    return IntStream.range(0, config.layers())
        .mapToObj(style::block)
        .filter(block -> block.window() == 0)
        .findFirst()
        .orElse(style.block(0))
        .rotary();
  }

  /**
   * Refuses to write what would be read as another network.
   *
   * @param json the network's config.json
   * @param said config.json as the file to be written says it
   */
  static void same(ObjectNode json, ObjectNode said) {
    for (var entry : json.properties()) {
      boolean divisors =
          entry.getKey().equals("rope_scaling")
              && entry.getValue().path("rope_type").asString("").equals("llama3");
      var other = said.get(entry.getKey());
      if (!divisors && (other == null || !equal(entry.getValue(), other))) {
        throw new ModelException(
            "%s %s cannot be written as GGUF (it would be read as %s); keep the Hugging Face directory"
                .formatted(entry.getKey(), entry.getValue(), other));
      }
    }
  }

  /** Numbers are equal as floats: GGUF has no more digits. */
  private static boolean equal(JsonNode one, JsonNode other) {
    if (one.isNumber() && other.isNumber()) {
      return (float) one.asDouble() == (float) other.asDouble();
    }
    if (one.isArray() && other.isArray()) {
      return one.size() == other.size()
          && IntStream.range(0, one.size()).allMatch(i -> equal(one.get(i), other.get(i)));
    }
    if (one.isObject() && other.isObject()) {
      return one.size() == other.size()
          && one.properties().stream()
              .allMatch(
                  entry ->
                      other.has(entry.getKey())
                          && equal(entry.getValue(), other.get(entry.getKey())));
    }
    return one.equals(other);
  }
}
