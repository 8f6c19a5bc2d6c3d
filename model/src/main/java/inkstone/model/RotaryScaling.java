package inkstone.model;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How rotary frequencies are changed for sequences longer than those of pre-training. Frequency i
 * of {@code dims / 2} is {@code base^(-2i/dims)} before.
 */
public sealed interface RotaryScaling {

  /** As trained. */
  RotaryScaling NONE = new None();

  /**
   * The angle by which each pair turns from one position to the next.
   *
   * @param dims how many numbers of a head are turned
   * @param length of the sequence so far, in tokens
   */
  double[] frequencies(double base, int dims, int length);

  /** What sines and cosines are multiplied with. */
  default double magnitude() {
    return 1;
  }

  /** Whether the frequencies of a short sequence differ from those of a long one. */
  default boolean hangsOnLength() {
    return false;
  }

  private static double[] plain(double base, int dims) {
    return IntStream.range(0, dims / 2).mapToDouble(i -> Math.pow(base, -2.0 * i / dims)).toArray();
  }

  private static void check(String name, double value, boolean good) {
    if (!good || Double.isInfinite(value)) {
      throw new ModelException("rotary " + name + ": " + value + " cannot be");
    }
  }

  /** The frequencies themselves. */
  record None() implements RotaryScaling {
    @Override
    public double[] frequencies(double base, int dims, int length) {
      return plain(base, dims);
    }
  }

  /**
   * All frequencies divided by one factor (Chen et al., 2023, formula 4).
   *
   * @param factor above 0
   */
  record Linear(double factor) implements RotaryScaling {
    /** Refuses what is no factor. */
    public Linear {
      check("factor", factor, factor > 0);
    }

    @Override
    public double[] frequencies(double base, int dims, int length) {
      return DoubleStream.of(plain(base, dims)).map(f -> f / factor).toArray();
    }
  }

  /**
   * The base grows with the sequence (Peng et al., 2023, section 3.3, "dynamic NTK").
   *
   * @param factor 1 or more
   * @param original the tokens from which on it grows
   */
  record Dynamic(double factor, int original) implements RotaryScaling {
    /** Refuses what would make the base smaller. */
    public Dynamic {
      check("factor", factor, factor >= 1);
      check("original context", original, original > 0);
    }

    @Override
    public double[] frequencies(double base, int dims, int length) {
      double stretch = factor * Math.max(length, original) / original - (factor - 1);
      return plain(dims == 2 ? base : base * Math.pow(stretch, dims / (dims - 2.0)), dims);
    }

    @Override
    public boolean hangsOnLength() {
      return true;
    }
  }

  /**
   * That of Llama 3.1: waves longer than {@code original / low} are stretched by the factor, those
   * shorter than {@code original / high} are kept, and those between go over smoothly (Grattafiori
   * et al., 2024, section 3.4.2, and the released code).
   *
   * @param factor above 0
   * @param low waves in the original context below which a frequency is divided by the factor
   * @param high waves above which it is kept; above low
   * @param original the context of pre-training, in tokens
   */
  record Llama3(double factor, double low, double high, int original) implements RotaryScaling {
    /** Refuses ranges that are empty. */
    public Llama3 {
      check("factor", factor, factor > 0);
      check("low_freq_factor", low, low > 0);
      check("high_freq_factor", high, high > low);
      check("original context", original, original > 0);
    }

    @Override
    public double[] frequencies(double base, int dims, int length) {
      return DoubleStream.of(plain(base, dims))
          .map(
              f -> {
                double waves = original * f / (2 * Math.PI);
                double kept = Math.clamp((waves - low) / (high - low), 0, 1);
                return f * (kept + (1 - kept) / factor);
              })
          .toArray();
    }
  }

  /**
   * YaRN (Peng et al., 2023, section 3.2): fast frequencies are kept, slow ones divided by the
   * factor, with a ramp between.
   *
   * @param factor above 0
   * @param original the context of pre-training, in tokens
   * @param fast turns in the original context above which a frequency is kept ({@code beta_fast})
   * @param slow turns below which it is divided ({@code beta_slow})
   * @param whole whether the ramp begins and ends at whole numbers ({@code truncate})
   */
  record Yarn(
      double factor, int original, double fast, double slow, boolean whole, double magnitude)
      implements RotaryScaling {
    /** Refuses ranges that are empty. */
    public Yarn {
      check("factor", factor, factor > 0);
      check("beta_slow", slow, slow > 0);
      check("beta_fast", fast, fast >= slow);
      check("original context", original, original > 0);
      check("attention_factor", magnitude, magnitude > 0);
    }

    @Override
    public double[] frequencies(double base, int dims, int length) {
      double first = pair(fast, base, dims);
      double last = pair(slow, base, dims);
      double from = Math.max(whole ? Math.floor(first) : first, 0);
      double to = Math.min(whole ? Math.ceil(last) : last, dims - 1);
      double width = from == to ? 0.001 : to - from;
      var frequencies = plain(base, dims);
      for (int i = 0; i < frequencies.length; i++) {
        double divided = Math.clamp((i - from) / width, 0, 1);
        frequencies[i] *= divided / factor + 1 - divided;
      }
      return frequencies;
    }

    /** The pair of numbers that turns so often in the original context. */
    private double pair(double turns, double base, int dims) {
      return dims * Math.log(original / (turns * 2 * Math.PI)) / (2 * Math.log(base));
    }
  }

  /**
   * LongRoPE (Ding et al., 2024): a divisor for each frequency, found by search; one list up to the
   * original context, another beyond.
   *
   * @param shorter divisors up to the original context, one for each pair
   * @param longer divisors beyond
   * @param original the context of pre-training, in tokens
   */
  record LongRope(List<Double> shorter, List<Double> longer, int original, double magnitude)
      implements RotaryScaling {
    /** Copies the lists and refuses divisors that are not positive. */
    public LongRope {
      shorter = List.copyOf(shorter);
      longer = List.copyOf(longer);
      shorter.forEach(divisor -> check("short_factor", divisor, divisor > 0));
      longer.forEach(divisor -> check("long_factor", divisor, divisor > 0));
      check("original context", original, original > 0);
      check("attention_factor", magnitude, magnitude > 0);
    }

    @Override
    public double[] frequencies(double base, int dims, int length) {
      var divisors = length > original ? longer : shorter;
      var frequencies = plain(base, dims);
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] /= divisors.get(i);
      }
      return frequencies;
    }

    @Override
    public boolean hangsOnLength() {
      return true;
    }
  }
}
