package inkstone.model;

import inkstone.model.RotaryScaling.Dynamic;
import inkstone.model.RotaryScaling.Yarn;
import inkstone.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the formats of Llama and its many relatives share: the keys of sizes, and the weights'
 * names. A family adds its style.
 */
abstract class LlamaLike implements Family.Format {

  /**
   * What a file means that does not say; those of the family's class in Transformers.
   *
   * @param keyValueHeads 0 for as many as query heads
   * @param headDim 0 for the width divided by the query heads
   * @param base of rotary angles
   */
  record Defaults(
      int context, int keyValueHeads, int headDim, double epsilon, double base, boolean tied) {}

  abstract Family family();

  abstract Defaults defaults();

  abstract DecoderStyle style(ConfigReader config, RotaryConfig rotary);

  /** Adds the keys of the family's own. */
  abstract void write(DecoderStyle style, DecoderConfig config, ObjectNode json);

  /** The key of the activation, and its value. */
  Map.Entry<String, String> activation() {
    return Map.entry("hidden_act", "silu");
  }

  /** The key of the feed-forward networks' width; a family of experts alone has another. */
  String hiddenKey() {
    return "intermediate_size";
  }

  RotaryConfig rotary(ConfigReader config) {
    return RotaryKeys.read(config, defaults().base());
  }

  @Override
  public DecoderConfig read(ConfigReader config) {
    config.only(activation().getKey(), activation().getValue());
    config.none("quantization_config");
    config.only("use_bidirectional_attention", "false");
    int width = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    int usualKeys = defaults().keyValueHeads() == 0 ? heads : defaults().keyValueHeads();
    int usualDim = defaults().headDim() == 0 ? width / Math.max(1, heads) : defaults().headDim();
    var rotary = rotary(config);
    return new DecoderConfig(
        family(),
        config.integer("vocab_size"),
        context(config.integer("max_position_embeddings", defaults().context()), rotary.scaling()),
        width,
        config.integer("num_hidden_layers"),
        heads,
        config.isNull("num_key_value_heads")
            ? heads
            : config.integer("num_key_value_heads", usualKeys),
        config.isNull("head_dim")
            ? width / Math.max(1, heads)
            : config.integer("head_dim", usualDim),
        config.integer(hiddenKey()),
        config.flag("tie_word_embeddings", defaults().tied()),
        config.number("rms_norm_eps", defaults().epsilon()),
        style(config, rotary));
  }

  /** Scaled sequences may be longer than a file says whose context is that of pre-training. */
  private static int context(int said, RotaryScaling scaling) {
    return switch (scaling) {
      case Dynamic(double factor, int original) -> (int) Math.max(said, factor * original);
      case Yarn yarn -> (int) Math.max(said, yarn.factor() * yarn.original());
      default -> said;
    };
  }

  @Override
  public void write(DecoderConfig config, ObjectNode json) {
    var rotary = config.style().block(config.layers() - 1).rotary().orElseThrow();
    boolean dynamic = rotary.scaling() instanceof Dynamic;
    json.put("vocab_size", config.vocabulary());
    json.put(
        "max_position_embeddings",
        dynamic ? ((Dynamic) rotary.scaling()).original() : config.context());
    json.put("hidden_size", config.width());
    json.put("num_hidden_layers", config.layers());
    json.put("num_attention_heads", config.heads());
    json.put("num_key_value_heads", config.keyValueHeads());
    json.put("head_dim", config.headDim());
    json.put(hiddenKey(), config.hidden());
    json.put(activation().getKey(), activation().getValue());
    json.put("rms_norm_eps", config.normEpsilon());
    json.put("tie_word_embeddings", config.tied());
    json.put("attention_dropout", 0.0);
    json.putNull("pad_token_id"); // a family's usual one may be outside a small vocabulary
    RotaryKeys.write(rotary, json);
    write(config.style(), config, json);
  }

  /** Names that differ from the decoder's, as pairs of the decoder's part and the file's. */
  List<Map.Entry<String, String>> names() {
    return List.of();
  }

  JoinedProjections projections(DecoderConfig config) {
    return new JoinedProjections(config, "gate_proj", "up_proj");
  }

  @Override
  public SequencedMap<String, Tensor> toDecoder(DecoderConfig config, Map<String, Tensor> file) {
    return projections(config).join(renamed(file, true));
  }

  @Override
  public SequencedMap<String, Tensor> toFile(DecoderConfig config, Map<String, Tensor> decoder) {
    return renamed(projections(config).part(decoder), false);
  }

  private SequencedMap<String, Tensor> renamed(Map<String, Tensor> tensors, boolean toDecoder) {
    var renamed = new java.util.LinkedHashMap<String, Tensor>();
    tensors.forEach(
        (name, tensor) -> {
          var other = name;
          for (var pair : names()) {
            other =
                toDecoder
                    ? other.replace(pair.getValue(), pair.getKey())
                    : other.replace(pair.getKey(), pair.getValue());
          }
          renamed.put(other, tensor);
        });
    return renamed;
  }
}
