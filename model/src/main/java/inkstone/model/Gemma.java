package inkstone.model;

import inkstone.model.DecoderStyle.Activation;
import inkstone.model.DecoderStyle.Bias;
import inkstone.model.DecoderStyle.Norms;
import inkstone.model.DecoderStyle.Scales;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What the formats of Gemma 2 and 3 share. */
final class Gemma {

  private Gemma() {}

  static DecoderStyle style(
      ConfigReader config, Scales scales, Norms.QueriesKeys queriesKeys, List<BlockStyle> blocks) {
    boolean bias = config.flag("attention_bias", false);
    return new DecoderStyle(
        new Bias(bias, bias, false, false),
        new Norms(Norms.Kind.RMS_PLUS_ONE, Norms.Place.AROUND, queriesKeys),
        Activation.GEGLU,
        scales,
        blocks);
  }

  /** A cap that is switched off by null, and not by leaving it out. */
  static double cap(ConfigReader config, String key, double otherwise) {
    return config.isNull(key) ? 0 : config.number(key, otherwise);
  }

  static void cap(ObjectNode json, String key, double cap) {
    if (cap == 0) {
      json.putNull(key);
    } else {
      json.put(key, cap);
    }
  }

  static void write(DecoderConfig config, ObjectNode json) {
    var style = config.style();
    double query = style.scales().query() == 0 ? config.headDim() : style.scales().query();
    if (query == Math.rint(query)) {
      json.put("query_pre_attn_scalar", (long) query); // Transformers asks for a whole number
    } else {
      json.put("query_pre_attn_scalar", query);
    }
    json.put("attention_bias", style.bias().queriesKeysValues());
    cap(json, "final_logit_softcapping", style.scales().logitCap());
    WindowKey.write(style, json);
    LayerTypes.write(config, json);
  }
}
