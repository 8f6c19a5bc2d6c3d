package inkstone.journal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The steps of a run, thinned to at most a given number of points: each point stands for as many
 * consecutive steps as all others (the last may stand for fewer) and has their mean, and for the
 * loss the least and the greatest as well, so that no spike is lost.
 */
record Curve(
    List<Long> step,
    List<Double> loss,
    List<Double> low,
    List<Double> high,
    List<Double> rate,
    List<Double> speed) {

  static Curve of(List<Step> steps, int points) {
    var curve =
        new Curve(
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>(),
            new ArrayList<>());
    var stride = Math.max(1, Math.ceilDiv(steps.size(), points));
    for (var from = 0; from < steps.size(); from += stride) {
      var part = steps.subList(from, Math.min(from + stride, steps.size()));
      curve.step.add(part.getLast().step());
      curve.loss.add(mean(part, Step::loss));
      curve.low.add(part.stream().mapToDouble(Step::loss).min().orElse(Double.NaN));
      curve.high.add(part.stream().mapToDouble(Step::loss).max().orElse(Double.NaN));
      curve.rate.add(mean(part, Step::learningRate));
      curve.speed.add(mean(part, Step::tokensPerSecond));
    }
    return curve;
  }

  private static double mean(List<Step> part, ToDoubleFunction<Step> value) {
    return part.stream().mapToDouble(value).average().orElse(Double.NaN);
  }
}
