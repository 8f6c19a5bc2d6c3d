package inkstone.model;

import inkstone.model.DecoderStyle.Norms;
import inkstone.model.DecoderStyle.Scales;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code Gemma3ForCausalLM} (Gemma Team, 2025), the text model: five of six layers see a window and
 * turn with a base of their own, queries and keys have norms.
 */
final class Gemma3Layout extends LlamaLike {

  @Override
  public String architecture() {
    return "Gemma3ForCausalLM";
  }

  @Override
  public String modelType() {
    return "gemma3_text";
  }

  @Override
  Family family() {
    return Family.GEMMA3;
  }

  @Override
  Defaults defaults() {
    return new Defaults(131_072, 4, 256, 1e-6, 1_000_000, true);
  }

  @Override
  DecoderStyle style(ConfigReader config, RotaryConfig rotary) {
    config.none("attn_logit_softcapping");
    int window = config.isNull("sliding_window") ? 0 : config.integer("sliding_window", 4096);
    int cycle = config.integer("sliding_window_pattern", 6);
    if (cycle < 1) {
      throw new ModelException("sliding_window_pattern: " + cycle + " is not 1 or more");
    }
    return Gemma.style(
        config,
        new Scales(
            Math.sqrt(config.integer("hidden_size")),
            config.number("query_pre_attn_scalar", 256),
            0,
            Gemma.cap(config, "final_logit_softcapping", 0)),
        Norms.QueriesKeys.HEAD,
        LayerTypes.blocks(
            config,
            layer -> (layer + 1) % cycle != 0,
            BlockStyle.of(local(config)).window(window),
            BlockStyle.of(rotary)));
  }

  @Override
  void write(DecoderStyle style, DecoderConfig config, ObjectNode json) {
    Gemma.write(config, json);
    for (var block : style.blocks()) {
      if (block.window() > 0) {
        json.put("rope_local_base_freq", block.rotary().orElseThrow().base());
      } else {
        RotaryKeys.write(block.rotary().orElseThrow(), json);
      }
    }
  }

  @Override
  Map.Entry<String, String> activation() {
    return Map.entry("hidden_activation", "gelu_pytorch_tanh");
  }

  @Override
  RotaryConfig rotary(ConfigReader config) {
    return part(config, "full_attention")
        .map(part -> RotaryKeys.read(part, config, defaults().base()))
        .orElseGet(() -> RotaryKeys.read(config, defaults().base()));
  }

  /** The windows turn as trained, whatever is done to the rest. */
  private static RotaryConfig local(ConfigReader config) {
    double base = config.number("rope_local_base_freq", 10_000);
    return part(config, "sliding_attention")
        .map(part -> RotaryKeys.read(part, ConfigReader.EMPTY, base))
        .orElseGet(() -> RotaryConfig.of(base));
  }

  private static Optional<ConfigReader> part(ConfigReader config, String name) {
    if (config.absent("rope_parameters")) {
      return Optional.empty();
    }
    var all = config.object("rope_parameters");
    return all.absent(name) ? Optional.empty() : Optional.of(all.object(name));
  }
}
