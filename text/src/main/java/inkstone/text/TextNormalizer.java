package inkstone.text;

import java.util.List;

/** Rewrites a text before it is cut into pieces: the {@code normalizer} of a tokenizer. */
@FunctionalInterface
interface TextNormalizer {

  /** Leaves a text as it is. */
  TextNormalizer NONE = text -> text;

  String normalize(String text);

  /** One after the other. */
  static TextNormalizer sequence(List<TextNormalizer> steps) {
    if (steps.isEmpty()) {
      return NONE;
    }
    if (steps.size() == 1) {
      return steps.getFirst();
    }
    var all = List.copyOf(steps);
    return text -> {
      String result = text;
      for (TextNormalizer step : all) {
        result = step.normalize(result);
      }
      return result;
    };
  }
}
