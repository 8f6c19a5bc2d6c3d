package inkstone.bench;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * The outcome of any bench, and the JSON document that it ends with. Ratios are above 1 where we
 * are better; what was not measured is null in JSON.
 *
 * @param work what was done, for example {@code train}
 * @param peer who was compared with, with its version; {@code none} where nobody was
 * @param unit of {@code ours} and {@code theirs}, for example {@code tokens/s}
 * @param ours the median of our rounds
 * @param theirs the median of the peer's rounds
 * @param ratio the median over rounds of the ratio of each pair
 * @param ratioMin the worst round's ratio
 * @param ratioMax the best round's ratio
 * @param roofShare our rate as a part of the best matrix product's, in (0, 1]
 * @param memoryRatio the peer's peak resident memory over ours
 * @param details further fields of the document: what ran, on what, and every round
 */
public record BenchResult(
    String work,
    String peer,
    String unit,
    double ours,
    OptionalDouble theirs,
    OptionalDouble ratio,
    OptionalDouble ratioMin,
    OptionalDouble ratioMax,
    OptionalDouble roofShare,
    OptionalDouble memoryRatio,
    SequencedMap<String, Object> details) {

  /** The name of nobody. */
  public static final String NO_PEER = "none";

  /** Copies the details. */
  public BenchResult {
    details = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(details));
  }

  /** A result whose figures and ratios are those of the rounds. */
  public static BenchResult of(
      String work,
      String peer,
      String unit,
      PairedRounds rounds,
      OptionalDouble roofShare,
      OptionalDouble memoryRatio,
      SequencedMap<String, Object> details) {
    return new BenchResult(
        work,
        peer,
        unit,
        rounds.oursMedian(),
        rounds.theirsMedian(),
        rounds.ratio(),
        rounds.ratioMin(),
        rounds.ratioMax(),
        roofShare,
        memoryRatio,
        details);
  }

  /** One line of JSON; the details stand beside the other fields. */
  public String toJson() {
    ObjectNode document = BenchJson.MAPPER.valueToTree(this);
    document.remove("details");
    document.setAll(BenchJson.MAPPER.<ObjectNode>valueToTree(details));
    return BenchJson.MAPPER.writeValueAsString(document);
  }
}
