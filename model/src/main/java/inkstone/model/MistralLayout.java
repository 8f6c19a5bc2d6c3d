package inkstone.model;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code MistralForCausalLM} (Jiang et al., 2023): all layers see a window, where one is named. */
final class MistralLayout extends LlamaLike {

  @Override
  public String architecture() {
    return "MistralForCausalLM";
  }

  @Override
  public String modelType() {
    return "mistral";
  }

  @Override
  Family family() {
    return Family.MISTRAL;
  }

  @Override
  Defaults defaults() {
    return new Defaults(131_072, 8, 0, 1e-6, 10_000, false);
  }

  @Override
  DecoderStyle style(ConfigReader config, RotaryConfig rotary) {
    config.none("layer_types"); // Transformers opens such a file as a family of its own
    int window = config.isNull("sliding_window") ? 0 : config.integer("sliding_window", 4096);
    return DecoderStyle.llama(rotary).blocks(List.of(BlockStyle.of(rotary).window(window)));
  }

  @Override
  void write(DecoderStyle style, DecoderConfig config, ObjectNode json) {
    WindowKey.write(style, json);
  }
}
