package inkstone.journal;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The machine's training rate was measured.
 *
 * @param compute data type chosen for compute, for example {@code bf16}
 * @param tokensPerSecond tokens trained per second with it
 * @param matmulRoof best rate of a large matrix product, in FLOP/s
 * @param seconds time it took
 * @param rates tokens per second by compute data type, all that were tried
 */
public record Calibrated(
    String compute,
    double tokensPerSecond,
    double matmulRoof,
    double seconds,
    Map<String, Double> rates)
    implements Event {

  /** Copies the rates, keeping their order. */
  public Calibrated {
    rates = Collections.unmodifiableMap(new LinkedHashMap<>(rates));
  }
}
