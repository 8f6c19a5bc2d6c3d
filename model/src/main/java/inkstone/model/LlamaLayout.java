package inkstone.model;

import tools.jackson.databind.node.ObjectNode;

/** {@code LlamaForCausalLM}: Llama 1 to 3, SmolLM2 and many more. */
final class LlamaLayout extends LlamaLike {

  @Override
  public String architecture() {
    return "LlamaForCausalLM";
  }

  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  Family family() {
    return Family.LLAMA;
  }

  @Override
  Defaults defaults() {
    return new Defaults(2048, 0, 0, 1e-6, 10_000, false);
  }

  @Override
  DecoderStyle style(ConfigReader config, RotaryConfig rotary) {
    boolean attention = config.flag("attention_bias", false);
    boolean feedForward = config.flag("mlp_bias", false);
    return DecoderStyle.llama(rotary)
        .bias(new DecoderStyle.Bias(attention, attention, feedForward, false));
  }

  @Override
  void write(DecoderStyle style, DecoderConfig config, ObjectNode json) {
    json.put("attention_bias", style.bias().queriesKeysValues());
    json.put("mlp_bias", style.bias().feedForward());
  }
}
