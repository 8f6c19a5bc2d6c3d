package inkstone.model;

import inkstone.model.DecoderStyle.Norms;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code Olmo2ForCausalLM} (Team OLMo, 2024): norms after attention and feed-forward, and over all
 * queries and all keys.
 */
final class Olmo2Layout extends LlamaLike {

  @Override
  public String architecture() {
    return "Olmo2ForCausalLM";
  }

  @Override
  public String modelType() {
    return "olmo2";
  }

  @Override
  Family family() {
    return Family.OLMO2;
  }

  @Override
  Defaults defaults() {
    return new Defaults(2048, 0, 0, 1e-5, 10_000, false);
  }

  @Override
  DecoderStyle style(ConfigReader config, RotaryConfig rotary) {
    boolean bias = config.flag("attention_bias", false);
    return DecoderStyle.llama(rotary)
        .bias(new DecoderStyle.Bias(bias, bias, false, false))
        .norms(new Norms(Norms.Kind.RMS, Norms.Place.AFTER, Norms.QueriesKeys.WIDTH));
  }

  @Override
  void write(DecoderStyle style, DecoderConfig config, ObjectNode json) {
    json.put("attention_bias", style.bias().queriesKeysValues());
  }
}
