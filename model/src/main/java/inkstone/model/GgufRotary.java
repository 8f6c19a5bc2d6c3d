package inkstone.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/**
 * How GGUF says how rotary frequencies are scaled: by keys for one factor and for YaRN, by tensors
 * with a divisor for each frequency for Llama 3.1 and LongRoPE.
 */
final class GgufRotary {

  static final String DIVISORS = "rope_freqs.weight";
  static final String SHORTER = "rope_factors_short.weight";
  static final String LONGER = "rope_factors_long.weight";

  /** Tensors that are no weights. */
  static final List<String> TENSORS = List.of(DIVISORS, SHORTER, LONGER);

  private static final String TYPE = "rope.scaling.type";
  private static final String FACTOR = "rope.scaling.factor";
  private static final String ORIGINAL = "rope.scaling.original_context_length";
  private static final String MAGNITUDE = "rope.scaling.attn_factor";
  private static final String YARN_MAGNITUDE = "rope.scaling.yarn_attn_factor";
  private static final String FAST = "rope.scaling.yarn_beta_fast";
  private static final String SLOW = "rope.scaling.yarn_beta_slow";

  /** The factors of Llama 3.1 and 3.2, whose other numbers are the same. */
  private static final List<Integer> LLAMA3 = List.of(8, 32);

  private static final int LLAMA3_CONTEXT = 8192;

  private GgufRotary() {}

  /**
   * Adds what config.json would say.
   *
   * @param value of a key behind the architecture's name
   * @param vector the numbers of a tensor, empty where the file has none of that name
   */
  static void read(
      ObjectNode json,
      Function<String, Optional<Object>> value,
      Function<String, Optional<float[]>> vector) {
    var type = value.apply(TYPE).map(String::valueOf).orElse("none");
    var shorter = vector.apply(SHORTER);
    var longer = vector.apply(LONGER);
    if (shorter.isPresent() && longer.isPresent()) {
      longRope(json, value, doubles(shorter.get()), doubles(longer.get()));
    } else if (vector.apply(DIVISORS).isPresent()) {
      divided(json, doubles(vector.apply(DIVISORS).get()));
    } else if (type.equals("linear")) {
      json.putObject("rope_scaling").put("rope_type", "linear").put("factor", factor(value));
    } else if (type.equals("yarn")) {
      yarn(json, value);
    } else if (!type.equals("none")) {
      throw new ModelException(
          "rope.scaling.type '%s' is not known here; known are none, linear, yarn and divisors in tensors: take the model's Hugging Face directory"
              .formatted(type));
    }
  }

  private static double number(
      Function<String, Optional<Object>> value, String key, double otherwise) {
    return value
        .apply(key)
        .map(
            found -> {
              if (found instanceof Number number) {
                return Double.parseDouble(number.toString()); // 0.1, not 0.10000000149
              }
              throw new ModelException("%s is %s; expected a number".formatted(key, found));
            })
        .orElse(otherwise);
  }

  private static double factor(Function<String, Optional<Object>> value) {
    return number(value, FACTOR, 1);
  }

  private static void yarn(ObjectNode json, Function<String, Optional<Object>> value) {
    double factor = factor(value);
    var section = json.putObject("rope_scaling").put("rope_type", "yarn").put("factor", factor);
    value
        .apply(ORIGINAL)
        .ifPresent(
            original ->
                section.put("original_max_position_embeddings", (int) number(value, ORIGINAL, 0)));
    section.put("beta_fast", number(value, FAST, 32)).put("beta_slow", number(value, SLOW, 1));
    double usual = factor <= 1 ? 1 : 0.1 * Math.log(factor) + 1;
    section.put(
        "attention_factor", number(value, YARN_MAGNITUDE, usual) * number(value, MAGNITUDE, 1));
  }

  private static void longRope(
      ObjectNode json,
      Function<String, Optional<Object>> value,
      List<Double> shorter,
      List<Double> longer) {
    int original = (int) number(value, ORIGINAL, json.path("max_position_embeddings").asInt(0));
    json.put("original_max_position_embeddings", original);
    var section = json.putObject("rope_scaling").put("rope_type", "longrope");
    section.put("attention_factor", number(value, MAGNITUDE, 1));
    put(section, "short_factor", shorter);
    put(section, "long_factor", longer);
  }

  /** The same divisors for sequences of every length: those of Llama 3.1 are known again. */
  private static void divided(ObjectNode json, List<Double> divisors) {
    if (divisors.stream().allMatch(divisor -> divisor == 1)) {
      return;
    }
    var section = json.putObject("rope_scaling");
    double base = json.path("rope_theta").asDouble(10_000);
    for (int factor : LLAMA3) {
      var scaling = new RotaryScaling.Llama3(factor, 1, 4, LLAMA3_CONTEXT);
      if (near(divisors(scaling, base, divisors.size()), divisors)) {
        section
            .put("rope_type", "llama3")
            .put("factor", (double) factor)
            .put("low_freq_factor", 1.0)
            .put("high_freq_factor", 4.0)
            .put("original_max_position_embeddings", LLAMA3_CONTEXT);
        return;
      }
    }
    section.put("rope_type", "longrope").put("attention_factor", 1.0);
    put(section, "short_factor", divisors);
    put(section, "long_factor", divisors);
  }

  private static boolean near(List<Double> some, List<Double> others) {
    for (int i = 0; i < some.size(); i++) {
      if (Math.abs(some.get(i) / others.get(i) - 1) > 1e-5) {
        return false;
      }
    }
    return true;
  }

  private static List<Double> divisors(RotaryScaling scaling, double base, int pairs) {
    var plain = RotaryScaling.NONE.frequencies(base, 2 * pairs, 0);
    var scaled = scaling.frequencies(base, 2 * pairs, 0);
    var divisors = new ArrayList<Double>();
    for (int i = 0; i < pairs; i++) {
      divisors.add(plain[i] / scaled[i]);
    }
    return divisors;
  }

  private static List<Double> doubles(float[] floats) {
    var doubles = new ArrayList<Double>();
    for (float f : floats) {
      doubles.add((double) f);
    }
    return doubles;
  }

  private static void put(ObjectNode json, String key, List<Double> numbers) {
    var array = json.putArray(key);
    numbers.forEach(array::add);
  }

  /**
   * Adds the keys of a scaling to a file's metadata, and gives the vectors that belong to it.
   *
   * @param dims how many numbers of a head are turned
   */
  static Map<String, List<Double>> write(
      RotaryConfig rotary, int dims, GgufArchitecture architecture, Map<String, Object> metadata) {
    switch (rotary.scaling()) {
      case RotaryScaling.Linear(double factor) -> {
        metadata.put(architecture.key(TYPE), "linear");
        metadata.put(architecture.key(FACTOR), (float) factor);
      }
      case RotaryScaling.Yarn yarn -> {
        metadata.put(architecture.key(TYPE), "yarn");
        metadata.put(architecture.key(FACTOR), (float) yarn.factor());
        metadata.put(architecture.key(ORIGINAL), (long) yarn.original());
        metadata.put(architecture.key(FAST), (float) yarn.fast());
        metadata.put(architecture.key(SLOW), (float) yarn.slow());
        metadata.put(architecture.key(YARN_MAGNITUDE), (float) yarn.magnitude());
      }
      case RotaryScaling.Llama3 llama -> {
        return Map.of(DIVISORS, divisors(llama, rotary.base(), dims / 2));
      }
      case RotaryScaling.LongRope rope
          when rope.magnitude() == 1 && rope.shorter().equals(rope.longer()) -> {
        return Map.of(DIVISORS, rope.shorter());
      }
      case RotaryScaling.LongRope rope -> {
        metadata.put(architecture.key(ORIGINAL), (long) rope.original());
        metadata.put(architecture.key(MAGNITUDE), (float) rope.magnitude());
        return Map.of(SHORTER, rope.shorter(), LONGER, rope.longer());
      }
      default -> {}
    }
    return Map.of();
  }
}
