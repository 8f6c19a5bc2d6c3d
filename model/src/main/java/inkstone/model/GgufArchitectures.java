package inkstone.model;

import inkstone.model.GgufArchitecture.Key;
import inkstone.model.GgufArchitecture.Trait;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The architectures of GGUF files that are known. */
final class GgufArchitectures {

  private static final List<Key> SIZES =
      List.of(
          Key.whole("max_position_embeddings", "context_length"),
          Key.whole("hidden_size", "embedding_length"),
          Key.whole("num_hidden_layers", "block_count"),
          Key.whole("intermediate_size", "feed_forward_length"),
          Key.whole("num_attention_heads", "attention.head_count"),
          Key.whole("num_key_value_heads", "attention.head_count_kv"),
          Key.number("rms_norm_eps", "attention.layer_norm_rms_epsilon"),
          Key.number("rope_theta", "rope.freq_base"));

  private static final List<Key> HEADS =
      List.of(
          Key.whole("head_dim", "attention.key_length"),
          Key.whole("head_dim", "attention.value_length"),
          Key.whole("head_dim", "rope.dimension_count"));

  private static final Key WINDOW = Key.whole("sliding_window", "attention.sliding_window");
  private static final Key LOGIT_CAP =
      Key.number("final_logit_softcapping", "final_logit_softcapping");

  private static final Map<String, String> WHOLE =
      Map.of(
          "token_embd", "model.embed_tokens",
          "output_norm", "model.norm",
          "output", "lm_head");

  private static final Map<String, String> ATTENTION =
      Map.of(
          "attn_norm", "input_layernorm",
          "attn_q", "self_attn.q_proj",
          "attn_k", "self_attn.k_proj",
          "attn_v", "self_attn.v_proj",
          "attn_output", "self_attn.o_proj",
          "ffn_norm", "post_attention_layernorm");

  private static final Map<String, String> FEED_FORWARD =
      Map.of(
          "ffn_gate", "mlp.gate_proj",
          "ffn_up", "mlp.up_proj",
          "ffn_down", "mlp.down_proj");

  private static final Map<String, String> HEAD_NORMS =
      Map.of("attn_q_norm", "self_attn.q_norm", "attn_k_norm", "self_attn.k_norm");

  /** After attention and feed-forward, and not before. */
  private static final Map<String, String> NORMS_AFTER =
      Map.of(
          "post_attention_norm", "post_attention_layernorm",
          "post_ffw_norm", "post_feedforward_layernorm");

  private static final GgufArchitecture LLAMA =
      new GgufArchitecture(
          "llama",
          "llama",
          and(SIZES, HEADS),
          "model.layers.",
          WHOLE,
          and(ATTENTION, FEED_FORWARD),
          Map.of(),
          Set.of(Trait.NEIGHBOURS));

  private static final GgufArchitecture MIXTRAL =
      new GgufArchitecture(
          "llama",
          "mixtral",
          and(
              LLAMA.keys(),
              List.of(
                  Key.whole("num_local_experts", "expert_count"),
                  Key.whole("num_experts_per_tok", "expert_used_count"))),
          "model.layers.",
          WHOLE,
          and(ATTENTION, Map.of("ffn_gate_inp", "block_sparse_moe.gate")),
          Map.of(
              "ffn_gate_exps", "block_sparse_moe.experts.*.w1",
              "ffn_down_exps", "block_sparse_moe.experts.*.w2",
              "ffn_up_exps", "block_sparse_moe.experts.*.w3"),
          Set.of(Trait.NEIGHBOURS));

  private static final GgufArchitecture QWEN3_MOE =
      new GgufArchitecture(
          "qwen3moe",
          "qwen3_moe",
          and(
              LLAMA.keys(),
              List.of(
                  Key.whole("num_experts", "expert_count"),
                  Key.whole("num_experts_per_tok", "expert_used_count"),
                  Key.whole("moe_intermediate_size", "expert_feed_forward_length"))),
          "model.layers.",
          WHOLE,
          and(ATTENTION, HEAD_NORMS, Map.of("ffn_gate_inp", "mlp.gate")),
          Map.of(
              "ffn_gate_exps", "mlp.experts.*.gate_proj",
              "ffn_down_exps", "mlp.experts.*.down_proj",
              "ffn_up_exps", "mlp.experts.*.up_proj"),
          Set.of());

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
          Map.of(),
          Set.of(Trait.TRANSPOSED));

  /** Where several stand for one name, files of that name are opened as the first that fits. */
  private static final List<GgufArchitecture> ALL =
      List.of(
          LLAMA,
          like("llama", "mistral", LLAMA.keys(), LLAMA.parts(), Trait.NEIGHBOURS),
          MIXTRAL,
          like("qwen2", "qwen2", LLAMA.keys(), LLAMA.parts()),
          like("qwen3", "qwen3", LLAMA.keys(), and(LLAMA.parts(), HEAD_NORMS)),
          QWEN3_MOE,
          like(
              "gemma2",
              "gemma2",
              and(
                  LLAMA.keys(),
                  List.of(
                      WINDOW,
                      LOGIT_CAP,
                      Key.number("attn_logit_softcapping", "attn_logit_softcapping"))),
              aroundNorms(),
              Trait.WHOLE_NORMS),
          like(
              "gemma3",
              "gemma3_text",
              and(
                  LLAMA.keys(),
                  List.of(
                      WINDOW, LOGIT_CAP, Key.number("rope_local_base_freq", "rope.freq_base_swa"))),
              and(aroundNorms(), HEAD_NORMS),
              Trait.WHOLE_NORMS),
          like(
              "phi3",
              "phi3",
              and(SIZES, List.of(WINDOW)),
              Map.of(
                  "attn_norm", "input_layernorm",
                  "attn_qkv", "self_attn.qkv_proj",
                  "attn_output", "self_attn.o_proj",
                  "ffn_norm", "post_attention_layernorm",
                  "ffn_up", "mlp.gate_up_proj",
                  "ffn_down", "mlp.down_proj")),
          like("olmo2", "olmo2", LLAMA.keys(), afterNorms()),
          GPT2);

  private GgufArchitectures() {}

  /** Llama's names, of which most others take theirs. */
  private static GgufArchitecture like(
      String name, String modelType, List<Key> keys, Map<String, String> parts, Trait... traits) {
    return new GgufArchitecture(
        name, modelType, keys, "model.layers.", WHOLE, parts, Map.of(), Set.of(traits));
  }

  private static Map<String, String> aroundNorms() {
    return and(LLAMA.parts(), NORMS_AFTER, Map.of("ffn_norm", "pre_feedforward_layernorm"));
  }

  private static Map<String, String> afterNorms() {
    var parts = and(LLAMA.parts(), NORMS_AFTER, HEAD_NORMS);
    parts.remove("attn_norm");
    parts.remove("ffn_norm");
    return parts;
  }

  @SafeVarargs
  private static Map<String, String> and(Map<String, String>... several) {
    var all = new HashMap<String, String>();
    Stream.of(several).forEach(all::putAll);
    return all;
  }

  private static List<Key> and(List<Key> some, List<Key> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /**
   * The architecture that a file names; {@code where} names the file.
   *
   * @param experts whether it has any
   */
  static GgufArchitecture named(String name, boolean experts, String where) {
    return ALL.stream()
        .filter(architecture -> architecture.name().equals(name))
        .filter(architecture -> architecture.experts().isEmpty() != experts)
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    "%s: general.architecture '%s'%s is not known; known are %s"
                        .formatted(
                            where,
                            name,
                            experts ? " with experts" : "",
                            ALL.stream().map(GgufArchitecture::name).distinct().toList())));
  }

  /** The architecture for a {@code model_type}. */
  static GgufArchitecture of(String modelType) {
    return ALL.stream()
        .filter(architecture -> architecture.modelType().equals(modelType))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    "a model of type '%s' cannot be written as GGUF; those of %s can"
                        .formatted(
                            modelType, ALL.stream().map(GgufArchitecture::modelType).toList())));
  }
}
