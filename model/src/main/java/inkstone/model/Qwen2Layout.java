package inkstone.model;

import tools.jackson.databind.node.ObjectNode;

/**
 * {@code Qwen2ForCausalLM}, also Qwen2.5 (Yang et al., 2024): queries, keys and values have biases.
 */
final class Qwen2Layout extends LlamaLike {

  @Override
  public String architecture() {
    return "Qwen2ForCausalLM";
  }

  @Override
  public String modelType() {
    return "qwen2";
  }

  @Override
  Family family() {
    return Family.QWEN2;
  }

  @Override
  Defaults defaults() {
    return new Defaults(32_768, 32, 0, 1e-6, 10_000, false);
  }

  @Override
  DecoderStyle style(ConfigReader config, RotaryConfig rotary) {
    return DecoderStyle.llama(rotary)
        .bias(new DecoderStyle.Bias(true, false, false, false))
        .blocks(QwenWindows.read(config, rotary));
  }

  @Override
  void write(DecoderStyle style, DecoderConfig config, ObjectNode json) {
    QwenWindows.write(config, json);
  }
}
