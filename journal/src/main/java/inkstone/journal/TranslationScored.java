package inkstone.journal;

/**
 * What the model made was held against what people made, by a named metric.
 *
 * @param step steps done before
 * @param split name of the text, for example {@code test 2016}
 * @param metric for example {@code BLEU}
 * @param score in the metric's own unit
 * @param signature how it was worked out, so that others can do the same
 * @param examples how many were scored
 * @param seconds time it took to make them
 */
public record TranslationScored(
    long step,
    String split,
    String metric,
    double score,
    String signature,
    int examples,
    double seconds)
    implements Event {}
