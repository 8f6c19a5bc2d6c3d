package inkstone.model;

import inkstone.model.DecoderStyle.Norms;
import tools.jackson.databind.node.ObjectNode;

/** {@code Qwen3ForCausalLM} (Yang et al., 2025): norms of queries and keys instead of biases. */
final class Qwen3Layout extends LlamaLike {

  @Override
  public String architecture() {
    return "Qwen3ForCausalLM";
  }

  @Override
  public String modelType() {
    return "qwen3";
  }

  @Override
  Family family() {
    return Family.QWEN3;
  }

  @Override
  Defaults defaults() {
    return new Defaults(32_768, 32, 128, 1e-6, 10_000, false);
  }

  @Override
  DecoderStyle style(ConfigReader config, RotaryConfig rotary) {
    boolean bias = config.flag("attention_bias", false);
    return DecoderStyle.llama(rotary)
        .bias(new DecoderStyle.Bias(bias, bias, false, false))
        .norms(new Norms(Norms.Kind.RMS, Norms.Place.BEFORE, Norms.QueriesKeys.HEAD))
        .blocks(QwenWindows.read(config, rotary));
  }

  @Override
  void write(DecoderStyle style, DecoderConfig config, ObjectNode json) {
    json.put("attention_bias", style.bias().queriesKeysValues());
    QwenWindows.write(config, json);
  }
}
