package inkstone.bench;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A result as lines that a person reads. */
public final class BenchTable {

  private BenchTable() {}

  /** The table, without a last line feed. */
  public static String of(BenchResult result) {
    var lines = new StringBuilder();
    row(lines, result.work() + " " + detail(result, "size"), "inkstone", result.peer());
    row(lines, result.unit(), Duel.number(result.ours()), number(result.theirs()));
    row(
        lines,
        "peak memory",
        mebibytes(result.details().get("ours_resident_bytes")),
        mebibytes(result.details().get("theirs_resident_bytes")));
    if (result.details().containsKey("ours_loss")) {
      row(lines, "last loss", loss(result, "ours_loss"), loss(result, "theirs_loss"));
    }
    var said =
        Stream.of("dtype", "quant", "threads", "rounds", "seconds_per_round", "environment")
            .filter(result.details()::containsKey)
            .map(name -> name.replace('_', ' ') + ": " + detail(result, name));
    lines.append(said.collect(Collectors.joining(", ")));
    if (result.details().containsKey("ours_divergence")) {
      lines.append(
          String.format(
              Locale.ROOT,
              "%nchecked: %.6f nats from the weights, the peer %.6f (%s, %s tokens)",
              figure(result, "ours_divergence"),
              figure(result, "theirs_divergence"),
              detail(result, "divergence_file"),
              detail(result, "divergence_tokens")));
    }
    if (result.roofShare().isPresent()) {
      lines.append(
          String.format(
              Locale.ROOT,
              "%n%.3g FLOPs a step, %.1f GFLOP/s, roof %.1f GFLOP/s (best matrix product)%n",
              figure(result, "flops_per_step"),
              figure(result, "flops_per_second") / 1e9,
              figure(result, "roof_flops_per_second") / 1e9));
      lines.append("share of the roof: ").append(ratio(result.roofShare()));
    }
    if (result.ratio().isPresent()) {
      lines.append(
          String.format(
              "%nratio %s [%s .. %s], memory ratio %s (above 1: we are better)",
              ratio(result.ratio()),
              ratio(result.ratioMin()),
              ratio(result.ratioMax()),
              ratio(result.memoryRatio())));
    }
    return lines.toString();
  }

  private static void row(StringBuilder lines, String name, String ours, String theirs) {
    lines.append(String.format("%-16s %16s %32s%n", name, ours, theirs));
  }

  private static String detail(BenchResult result, String name) {
    return String.valueOf(result.details().get(name));
  }

  private static double figure(BenchResult result, String name) {
    return result.details().get(name) instanceof Number figure ? figure.doubleValue() : Double.NaN;
  }

  private static String loss(BenchResult result, String name) {
    return result.details().get(name) instanceof OptionalDouble loss ? ratio(loss) : "-";
  }

  private static String number(OptionalDouble figure) {
    return figure.isPresent() ? Duel.number(figure.getAsDouble()) : "-";
  }

  private static String ratio(OptionalDouble figure) {
    return figure.isPresent() ? String.format(Locale.ROOT, "%.3f", figure.getAsDouble()) : "-";
  }

  private static String mebibytes(@Nullable Object bytes) {
    return bytes instanceof OptionalLong some && some.isPresent()
        ? String.format(Locale.ROOT, "%,d MiB", some.getAsLong() >> 20)
        : "-";
  }
}
