package inkstone.model;

import inkstone.model.DecoderStyle.Norms;
import inkstone.model.DecoderStyle.Scales;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code Gemma2ForCausalLM} (Gemma Team, 2024): every other layer sees a window, scores and logits
 * are capped.
 */
final class Gemma2Layout extends LlamaLike {

  @Override
  public String architecture() {
    return "Gemma2ForCausalLM";
  }

  @Override
  public String modelType() {
    return "gemma2";
  }

  @Override
  Family family() {
    return Family.GEMMA2;
  }

  @Override
  Defaults defaults() {
    return new Defaults(8192, 4, 256, 1e-6, 10_000, true);
  }

  @Override
  DecoderStyle style(ConfigReader config, RotaryConfig rotary) {
    int window = config.isNull("sliding_window") ? 0 : config.integer("sliding_window", 4096);
    var full = BlockStyle.of(rotary);
    return Gemma.style(
        config,
        new Scales(
            Math.sqrt(config.integer("hidden_size")),
            config.number("query_pre_attn_scalar", 256),
            Gemma.cap(config, "attn_logit_softcapping", 50),
            Gemma.cap(config, "final_logit_softcapping", 30)),
        Norms.QueriesKeys.NONE,
        LayerTypes.blocks(config, layer -> layer % 2 == 0, full.window(window), full));
  }

  @Override
  void write(DecoderStyle style, DecoderConfig config, ObjectNode json) {
    Gemma.write(config, json);
    Gemma.cap(json, "attn_logit_softcapping", style.scales().attentionCap());
  }

  @Override
  Map.Entry<String, String> activation() {
    return Map.entry("hidden_activation", "gelu_pytorch_tanh");
  }
}
