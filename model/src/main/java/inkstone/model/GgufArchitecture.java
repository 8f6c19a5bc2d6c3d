package inkstone.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the GGUF files of one architecture say what a Hugging Face directory says: names of
 * configuration keys and of tensors. The {@link Family} of that model type does all the rest.
 *
 * @param name {@code general.architecture}
 * @param modelType {@code model_type} of config.json
 * @param keys configuration keys; where several GGUF keys stand for one, the first that a file has
 *     counts, and all are written
 * @param blocks what Hugging Face writes before the number of a block
 * @param whole tensors outside of blocks, ours and theirs, without {@code .weight} and {@code
 *     .bias}
 * @param parts tensors of a block, the same way
 * @param interleaved whether the rows of queries and keys stand in the order in which llama.cpp
 *     turns them: numbers 0 and 1 are a pair, not 0 and half
 * @param transposed whether Hugging Face stores the matrices of a block as [in, out]; GGUF never
 *     does
 * @see <a
 *     href="https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py">names</a>
 */
record GgufArchitecture(
    String name,
    String modelType,
    List<Key> keys,
    String blocks,
    Map<String, String> whole,
    Map<String, String> parts,
    boolean interleaved,
    boolean transposed) {

  private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d{1,6})\\.(.+)");

  /** A number of the configuration: Hugging Face's key and GGUF's behind the architecture. */
  record Key(String theirs, String gguf, boolean whole) {
    static Key whole(String theirs, String gguf) {
      return new Key(theirs, gguf, true);
    }

    static Key number(String theirs, String gguf) {
      return new Key(theirs, gguf, false);
    }
  }

  private static final List<Key> LLAMA_KEYS =
      List.of(
          Key.whole("max_position_embeddings", "context_length"),
          Key.whole("hidden_size", "embedding_length"),
          Key.whole("num_hidden_layers", "block_count"),
          Key.whole("intermediate_size", "feed_forward_length"),
          Key.whole("num_attention_heads", "attention.head_count"),
          Key.whole("num_key_value_heads", "attention.head_count_kv"),
          Key.whole("head_dim", "attention.key_length"),
          Key.whole("head_dim", "attention.value_length"),
          Key.whole("head_dim", "rope.dimension_count"),
          Key.number("rms_norm_eps", "attention.layer_norm_rms_epsilon"),
          Key.number("rope_theta", "rope.freq_base"));

  private static final Map<String, String> LLAMA_WHOLE =
      Map.of(
          "token_embd", "model.embed_tokens",
          "output_norm", "model.norm",
          "output", "lm_head");

  private static final Map<String, String> LLAMA_PARTS =
      Map.of(
          "attn_norm", "input_layernorm",
          "attn_q", "self_attn.q_proj",
          "attn_k", "self_attn.k_proj",
          "attn_v", "self_attn.v_proj",
          "attn_output", "self_attn.o_proj",
          "ffn_norm", "post_attention_layernorm",
          "ffn_gate", "mlp.gate_proj",
          "ffn_up", "mlp.up_proj",
          "ffn_down", "mlp.down_proj");

  /** Llama's names, of which most others take theirs. */
  private static GgufArchitecture like(
      String name, String modelType, Map<String, String> parts, boolean interleaved) {
    return new GgufArchitecture(
        name, modelType, LLAMA_KEYS, "model.layers.", LLAMA_WHOLE, parts, interleaved, false);
  }

  private static Map<String, String> withNorms() {
    var parts = new LinkedHashMap<>(LLAMA_PARTS);
    parts.put("attn_q_norm", "self_attn.q_norm");
    parts.put("attn_k_norm", "self_attn.k_norm");
    return parts;
  }

  private static final GgufArchitecture GPT2 =
      new GgufArchitecture(
          "gpt2",
          "gpt2",
          List.of(
              Key.whole("n_positions", "context_length"),
              Key.whole("n_embd", "embedding_length"),
              Key.whole("n_layer", "block_count"),
              Key.whole("n_inner", "feed_forward_length"),
              Key.whole("n_head", "attention.head_count"),
              Key.number("layer_norm_epsilon", "attention.layer_norm_epsilon")),
          "transformer.h.",
          Map.of(
              "token_embd", "transformer.wte",
              "position_embd", "transformer.wpe",
              "output_norm", "transformer.ln_f",
              "output", "lm_head"),
          Map.of(
              "attn_norm", "ln_1",
              "attn_qkv", "attn.c_attn",
              "attn_output", "attn.c_proj",
              "ffn_norm", "ln_2",
              "ffn_up", "mlp.c_fc",
              "ffn_down", "mlp.c_proj"),
          false,
          true);

  /** Where several stand for one name, files of that name are opened as the first. */
  private static final List<GgufArchitecture> ALL =
      List.of(
          like("llama", "llama", LLAMA_PARTS, true),
          like("llama", "mistral", LLAMA_PARTS, true),
          like("qwen2", "qwen2", LLAMA_PARTS, false),
          like("qwen3", "qwen3", withNorms(), false),
          GPT2);

  /** The architecture that a file names; {@code where} names the file. */
  static GgufArchitecture named(String name, String where) {
    return find(architecture -> architecture.name.equals(name))
        .orElseThrow(
            () ->
                new ModelException(
                    "%s: general.architecture '%s' is not known; known are %s"
                        .formatted(
                            where,
                            name,
                            ALL.stream().map(GgufArchitecture::name).distinct().toList())));
  }

  /** The architecture for a {@code model_type}. */
  static GgufArchitecture of(String modelType) {
    return find(architecture -> architecture.modelType.equals(modelType))
        .orElseThrow(
            () ->
                new ModelException(
                    "a model of type '%s' cannot be written as GGUF; those of %s can"
                        .formatted(
                            modelType, ALL.stream().map(GgufArchitecture::modelType).toList())));
  }

  private static Optional<GgufArchitecture> find(
      java.util.function.Predicate<GgufArchitecture> wanted) {
    return ALL.stream().filter(wanted).findFirst();
  }

  /** Hugging Face's name of a tensor, empty for one that this architecture does not have. */
  Optional<String> theirs(String gguf) {
    int dot = gguf.lastIndexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    var kind = gguf.substring(dot);
    var stem = gguf.substring(0, dot);
    var block = BLOCK.matcher(stem);
    return block.matches()
        ? Optional.ofNullable(parts.get(block.group(2)))
            .map(part -> blocks + Integer.parseInt(block.group(1)) + "." + part + kind)
        : Optional.ofNullable(whole.get(stem)).map(name -> name + kind);
  }

  /** GGUF's name of each of Hugging Face's tensors of a network with so many blocks. */
  Map<String, String> gguf(int layers) {
    var names = new LinkedHashMap<String, String>();
    for (var kind : List.of(".weight", ".bias")) {
      whole.forEach((gguf, theirs) -> names.put(theirs + kind, gguf + kind));
      for (int layer = 0; layer < layers; layer++) {
        for (var part : parts.entrySet()) {
          names.put(
              blocks + layer + "." + part.getValue() + kind,
              "blk." + layer + "." + part.getKey() + kind);
        }
      }
    }
    return names;
  }
}
