package inkstone.evaluate;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * BLEU of a whole corpus (Papineni et al., 2002), the very number of SacreBLEU (Post, 2018) 2.6:
 * the geometric mean of how many of the 1- to 4-grams are right, times a penalty for brevity.
 *
 * @param tokenizer how texts are cut into words
 * @param lowercase whether capitals count for nothing
 */
public record Bleu(BleuTokenizer tokenizer, boolean lowercase) {

  /** The version of SacreBLEU whose numbers these are. */
  static final String VERSION = "2.6.0";

  private static final int ORDER = 4;
  private static final double LOG_OF_ZERO = -9999999999.0;

  /** SacreBLEU's usual one: 13a, capitals count. */
  public static final Bleu USUAL = new Bleu(BleuTokenizer.V13A, false);

  /**
   * A score.
   *
   * @param score 0 to 100
   * @param precisions of 1- to 4-grams, in per cent
   * @param brevity the penalty, 0 to 1
   * @param words of what was scored
   * @param referenceWords of the references that are nearest in length
   */
  public record Score(
      double score, List<Double> precisions, double brevity, long words, long referenceWords) {
    /** Copies the list. */
    public Score {
      precisions = List.copyOf(precisions);
    }
  }

  /** How it is worked out, in SacreBLEU's words, so that others can do the same. */
  public String signature() {
    return signature(1);
  }

  private String signature(int references) {
    return "nrefs:%d|case:%s|eff:no|tok:%s|smooth:exp|version:%s"
        .formatted(references, lowercase ? "lc" : "mixed", tokenizer.label(), VERSION);
  }

  /** Of one reference for each text. */
  public Score of(List<String> texts, List<String> references) {
    return ofMany(texts, List.of(references));
  }

  /**
   * Of several references for each text.
   *
   * @param references as many lists as there are references, each as long as the texts
   * @throws IllegalArgumentException if one is not
   */
  public Score ofMany(List<String> texts, List<List<String>> references) {
    if (references.isEmpty() || references.stream().anyMatch(r -> r.size() != texts.size())) {
      throw new IllegalArgumentException(
          texts.size() + " texts need as many references, one or more for each");
    }
    var counts = new Counts();
    for (int i = 0; i < texts.size(); i++) {
      int line = i;
      counts.add(words(texts.get(i)), references.stream().map(r -> words(r.get(line))).toList());
    }
    return counts.score();
  }

  private List<String> words(String text) {
    return tokenizer.words(lowercase ? text.toLowerCase(Locale.ROOT) : text);
  }

  /** What is counted over a corpus. */
  private static final class Counts {
    private final long[] right = new long[ORDER];
    private final long[] all = new long[ORDER];
    private long words;
    private long referenceWords;

    void add(List<String> text, List<List<String>> references) {
      words += text.size();
      referenceWords += nearest(text.size(), references);
      for (int n = 1; n <= ORDER; n++) {
        var most = new HashMap<List<String>, Integer>();
        for (var reference : references) {
          grams(reference, n).forEach((gram, count) -> most.merge(gram, count, Math::max));
        }
        for (var entry : grams(text, n).entrySet()) {
          all[n - 1] += entry.getValue();
          right[n - 1] += Math.min(entry.getValue(), most.getOrDefault(entry.getKey(), 0));
        }
      }
    }

    private static int nearest(int length, List<List<String>> references) {
      int best = references.getFirst().size();
      for (var reference : references) {
        int difference =
            Integer.compare(Math.abs(length - reference.size()), Math.abs(length - best));
        if (difference < 0 || (difference == 0 && reference.size() < best)) {
          best = reference.size();
        }
      }
      return best;
    }

    private static Map<List<String>, Integer> grams(List<String> words, int n) {
      var grams = new HashMap<List<String>, Integer>();
      for (int i = 0; i + n <= words.size(); i++) {
        grams.merge(words.subList(i, i + n), 1, Integer::sum);
      }
      return grams;
    }

    /** Orders with nothing right count half, a quarter, ... of one (Chen and Cherry, 2014). */
    Score score() {
      double brevity = 1;
      if (words < referenceWords) {
        brevity = words > 0 ? Math.exp(1 - (double) referenceWords / words) : 0;
      }
      var precisions = new double[ORDER];
      boolean any = false;
      for (long count : right) {
        any |= count > 0;
      }
      double part = 1;
      for (int n = 0; n < ORDER && any && all[n] > 0; n++) {
        if (right[n] == 0) {
          part *= 2;
          precisions[n] = 100 / (part * all[n]);
        } else {
          precisions[n] = 100.0 * right[n] / all[n];
        }
      }
      double logs = 0;
      for (double precision : precisions) {
        logs += precision == 0 ? LOG_OF_ZERO : Math.log(precision);
      }
      double score = any ? brevity * Math.exp(logs / ORDER) : 0;
      return new Score(
          score,
          java.util.Arrays.stream(precisions).boxed().toList(),
          brevity,
          words,
          referenceWords);
    }
  }
}
