package inkstone.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Texts as weighted counts of what occurs in them: {@code (1 + ln n) (1 + ln((1 + N) / (1 + d)))}
 * for what occurs n times in this text and in d of N, brought to length 1 (Salton and Buckley,
 * 1988; smoothed as in scikit-learn). Counted are words and pairs of neighbours; of scripts without
 * spaces, characters and groups of two and three.
 */
public final class TfIdf {

  private static final int FEWEST = 2;
  private static final Pattern PIECES =
      Pattern.compile(
          "([\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}])|[\\p{L}\\p{N}]+|[!?！？]");

  private final Map<String, Integer> features = new HashMap<>();
  private final double[] weights;

  /**
   * One text.
   *
   * @param places of the features that occur
   * @param values of them
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Row(int[] places, double[] values) {}

  /** Learns which features there are, those in at least two texts, and how rare they are. */
  public TfIdf(List<String> training) {
    var documents = new HashMap<String, Integer>();
    for (var text : training) {
      new HashSet<>(terms(text)).forEach(term -> documents.merge(term, 1, Integer::sum));
    }
    documents.entrySet().stream()
        .filter(e -> e.getValue() >= FEWEST)
        .map(Map.Entry::getKey)
        .sorted()
        .forEach(term -> features.put(term, features.size()));
    weights = new double[features.size()];
    features.forEach(
        (term, place) ->
            weights[place] =
                1 + Math.log((1.0 + training.size()) / (1 + documents.getOrDefault(term, 0))));
  }

  /** The number of features. */
  public int size() {
    return weights.length;
  }

  /** A text; what was not seen in training is left out. */
  public Row row(String text) {
    var counts = new java.util.TreeMap<Integer, Integer>();
    for (var term : terms(text)) {
      var place = features.get(term);
      if (place != null) {
        counts.merge(place, 1, Integer::sum);
      }
    }
    var places = counts.keySet().stream().mapToInt(Integer::intValue).toArray();
    var values = new double[places.length];
    double squares = 0;
    for (int i = 0; i < places.length; i++) {
      values[i] = (1 + Math.log(counts.getOrDefault(places[i], 1))) * weights[places[i]];
      squares += values[i] * values[i];
    }
    for (int i = 0; i < places.length; i++) {
      values[i] /= Math.sqrt(squares);
    }
    return new Row(places, values);
  }

  /** What is counted of a text. */
  static List<String> terms(String text) {
    var pieces = new ArrayList<String>();
    var single = new ArrayList<Boolean>();
    var matcher = PIECES.matcher(text.toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      pieces.add(matcher.group());
      single.add(matcher.group(1) != null);
    }
    var terms = new ArrayList<>(pieces);
    for (int i = 0; i + 1 < pieces.size(); i++) {
      var pair = pieces.get(i) + " " + pieces.get(i + 1);
      terms.add(pair);
      if (i + 2 < pieces.size() && single.get(i) && single.get(i + 1) && single.get(i + 2)) {
        terms.add(pair + " " + pieces.get(i + 2));
      }
    }
    return terms;
  }
}
