package inkstone.model;

import inkstone.model.DecoderStyle.Norms;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code Qwen3MoeForCausalLM} (Yang et al., 2025): Qwen3 whose feed-forward networks are experts in
 * all layers but those that are named.
 */
final class Qwen3MoeLayout extends LlamaLike {

  @Override
  public String architecture() {
    return "Qwen3MoeForCausalLM";
  }

  @Override
  public String modelType() {
    return "qwen3_moe";
  }

  @Override
  Family family() {
    return Family.QWEN3_MOE;
  }

  @Override
  Defaults defaults() {
    return new Defaults(32_768, 4, 0, 1e-6, 10_000, false);
  }

  @Override
  DecoderStyle style(ConfigReader config, RotaryConfig rotary) {
    boolean bias = config.flag("attention_bias", false);
    config.only("use_sliding_window", "false");
    return DecoderStyle.llama(rotary)
        .bias(new DecoderStyle.Bias(bias, bias, false, false))
        .norms(new Norms(Norms.Kind.RMS, Norms.Place.BEFORE, Norms.QueriesKeys.HEAD))
        .blocks(blocks(config, rotary));
  }

  @Override
  void write(DecoderStyle style, DecoderConfig config, ObjectNode json) {
    json.put("attention_bias", style.bias().queriesKeysValues());
    json.put("use_sliding_window", false);
    json.put("decoder_sparse_step", 1);
    var dense = json.putArray("mlp_only_layers");
    for (int layer = 0; layer < config.layers(); layer++) {
      if (style.block(layer).experts().isEmpty()) {
        dense.add(layer);
      }
    }
    for (var block : style.blocks()) {
      block
          .experts()
          .ifPresent(
              experts ->
                  json.put("num_experts", experts.count())
                      .put("num_experts_per_tok", experts.chosen())
                      .put("moe_intermediate_size", experts.hidden())
                      .put("norm_topk_prob", experts.normalised()));
    }
  }

  private static List<BlockStyle> blocks(ConfigReader config, RotaryConfig rotary) {
    int step = config.integer("decoder_sparse_step", 1);
    var dense = config.absent("mlp_only_layers") ? List.of() : config.integers("mlp_only_layers");
    var experts =
        new ExpertsConfig(
            config.integer(config.absent("num_experts") ? "num_local_experts" : "num_experts"),
            config.integer("num_experts_per_tok", 8),
            config.integer("moe_intermediate_size", 768),
            config.flag("norm_topk_prob", false));
    if (step < 1) {
      throw new ModelException("decoder_sparse_step: " + step + " is not 1 or more");
    }
    return IntStream.range(0, LayerTypes.layers(config))
        .mapToObj(
            i ->
                (i + 1) % step == 0 && !dense.contains(i)
                    ? BlockStyle.of(rotary).experts(experts)
                    : BlockStyle.of(rotary))
        .toList();
  }
}
