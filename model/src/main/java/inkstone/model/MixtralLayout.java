package inkstone.model;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code MixtralForCausalLM} (Jiang et al., 2024): Mistral whose feed-forward networks are experts.
 */
final class MixtralLayout extends LlamaLike {

  @Override
  public String architecture() {
    return "MixtralForCausalLM";
  }

  @Override
  public String modelType() {
    return "mixtral";
  }

  @Override
  Family family() {
    return Family.MIXTRAL;
  }

  @Override
  Defaults defaults() {
    return new Defaults(131_072, 8, 0, 1e-5, 1_000_000, false);
  }

  @Override
  DecoderStyle style(ConfigReader config, RotaryConfig rotary) {
    int window = config.isNull("sliding_window") ? 0 : config.integer("sliding_window", 0);
    var experts =
        new ExpertsConfig(
            config.integer(
                config.absent("num_local_experts") ? "num_experts" : "num_local_experts"),
            config.integer("num_experts_per_tok", 2),
            config.integer("intermediate_size"),
            true);
    return DecoderStyle.llama(rotary)
        .blocks(List.of(BlockStyle.of(rotary).window(window).experts(experts)));
  }

  @Override
  void write(DecoderStyle style, DecoderConfig config, ObjectNode json) {
    WindowKey.write(style, json);
    var experts = style.block(0).experts().orElseThrow();
    json.put("num_local_experts", experts.count());
    json.put("num_experts_per_tok", experts.chosen());
  }

  @Override
  List<Map.Entry<String, String>> names() {
    return List.of(Map.entry(".mlp.", ".block_sparse_moe."), Map.entry(".down_proj.", ".w2."));
  }

  @Override
  JoinedProjections projections(DecoderConfig config) {
    return new JoinedProjections(config, "w1", "w3");
  }
}
