package inkstone.model;

import inkstone.model.RotaryScaling.Dynamic;
import inkstone.model.RotaryScaling.Linear;
import inkstone.model.RotaryScaling.Llama3;
import inkstone.model.RotaryScaling.LongRope;
import inkstone.model.RotaryScaling.None;
import inkstone.model.RotaryScaling.Yarn;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rotary positions in a config.json: {@code rope_theta} and {@code rope_scaling}, or both together
 * as {@code rope_parameters}, the newer form. The older is written, which all readers know.
 */
final class RotaryKeys {

  private RotaryKeys() {}

  /**
   * @param usual the base where the file does not say
   */
  static RotaryConfig read(ConfigReader config, double usual) {
    var key = config.absent("rope_scaling") ? "rope_parameters" : "rope_scaling";
    return read(config.absent(key) ? ConfigReader.EMPTY : config.object(key), config, usual);
  }

  /**
   * @param section the object that speaks of rotary positions; for what it lacks, the whole does
   */
  static RotaryConfig read(ConfigReader section, ConfigReader config, double usual) {
    section.none("mrope_section");
    return new RotaryConfig(
        section.number("rope_theta", config.number("rope_theta", usual)),
        section.number("partial_rotary_factor", config.number("partial_rotary_factor", 1)),
        scaling(section, config));
  }

  private static RotaryScaling scaling(ConfigReader section, ConfigReader config) {
    var type = section.text("rope_type", section.text("type", "default"));
    return switch (type) {
      case "default" -> RotaryScaling.NONE;
      case "linear" -> new Linear(section.number("factor"));
      case "dynamic" ->
          new Dynamic(section.number("factor"), config.integer("max_position_embeddings"));
      case "llama3" ->
          new Llama3(
              section.number("factor"),
              section.number("low_freq_factor"),
              section.number("high_freq_factor"),
              original(section, config));
      case "yarn" -> yarn(section, config);
      case "longrope", "su" -> longRope(section, config);
      default ->
          throw new ModelException(
              "rope_type '%s' is not known; known are default, linear, dynamic, llama3, yarn, longrope"
                  .formatted(type));
    };
  }

  /** That beside the section is the one that counts where both say it, as in Transformers. */
  private static int original(ConfigReader section, ConfigReader config) {
    var key = "original_max_position_embeddings";
    return config.absent(key) && !section.absent(key)
        ? section.integer(key)
        : config.integer(config.absent(key) ? "max_position_embeddings" : key);
  }

  /** How often longer sequences may be than those of pre-training. */
  private static double stretch(ConfigReader section, ConfigReader config) {
    return section.absent("factor")
        ? (double) config.integer("max_position_embeddings") / original(section, config)
        : section.number("factor");
  }

  private static Yarn yarn(ConfigReader section, ConfigReader config) {
    double factor = stretch(section, config);
    double one = section.number("mscale", 0);
    double all = section.number("mscale_all_dim", 0);
    double usual =
        one != 0 && all != 0
            ? magnitude(factor, one) / magnitude(factor, all)
            : magnitude(factor, 1);
    return new Yarn(
        factor,
        original(section, config),
        section.number("beta_fast", 32),
        section.number("beta_slow", 1),
        section.flag("truncate", true),
        section.number("attention_factor", usual));
  }

  /** Peng et al., 2023, formula 22. */
  private static double magnitude(double factor, double weight) {
    return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
  }

  private static LongRope longRope(ConfigReader section, ConfigReader config) {
    double factor = stretch(section, config);
    int original = original(section, config);
    double usual = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
    return new LongRope(
        section.numbers("short_factor"),
        section.numbers("long_factor"),
        original,
        section.number("attention_factor", usual));
  }

  static void write(RotaryConfig rotary, ObjectNode json) {
    json.put("rope_theta", rotary.base());
    if (rotary.fraction() != 1) {
      json.put("partial_rotary_factor", rotary.fraction());
    }
    if (rotary.scaling() instanceof None) {
      return;
    }
    var section = json.putObject("rope_scaling");
    switch (rotary.scaling()) {
      case None() -> {}
      case Linear(double factor) -> section.put("rope_type", "linear").put("factor", factor);
      case Dynamic(double factor, int original) ->
          section.put("rope_type", "dynamic").put("factor", factor);
      case Llama3(double factor, double low, double high, int original) ->
          section
              .put("rope_type", "llama3")
              .put("factor", factor)
              .put("low_freq_factor", low)
              .put("high_freq_factor", high)
              .put("original_max_position_embeddings", original);
      case Yarn yarn ->
          section
              .put("rope_type", "yarn")
              .put("factor", yarn.factor())
              .put("original_max_position_embeddings", yarn.original())
              .put("beta_fast", yarn.fast())
              .put("beta_slow", yarn.slow())
              .put("truncate", yarn.whole())
              .put("attention_factor", yarn.magnitude());
      case LongRope rope -> {
        json.put("original_max_position_embeddings", rope.original());
        section
            .put("rope_type", "longrope")
            .put("original_max_position_embeddings", rope.original())
            .put("attention_factor", rope.magnitude());
        put(section, "short_factor", rope.shorter());
        put(section, "long_factor", rope.longer());
      }
    }
  }

  private static void put(ObjectNode json, String key, List<Double> numbers) {
    var array = json.putArray(key);
    numbers.forEach(array::add);
  }
}
