package inkstone.journal;

/**
 * A way without a network was judged by the same examples.
 *
 * @param name for example {@code TF-IDF and logistic regression}
 * @param split name of the examples
 * @param accuracy the part that was right
 * @param macroF1 the mean over labels of F1
 * @param examples how many were judged
 * @param seconds time it took
 */
public record BaselineJudged(
    String name, String split, double accuracy, double macroF1, long examples, double seconds)
    implements Event {}
