package inkstone.journal;

/**
 * What the model says was compared with what is true.
 *
 * @param step steps done before
 * @param split name of the examples, for example {@code validation}
 * @param task what was asked, for example {@code classification}
 * @param loss mean loss in nats
 * @param accuracy the part that was right
 * @param macroF1 the mean over labels of F1, the harmonic mean of precision and recall
 * @param examples how many were judged
 * @param seconds time it took
 */
public record Judged(
    long step,
    String split,
    String task,
    double loss,
    double accuracy,
    double macroF1,
    long examples,
    double seconds)
    implements Event {}
