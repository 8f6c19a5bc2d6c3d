package inkstone.journal;

/**
 * A model was scored on a standard test.
 *
 * @param step steps done before
 * @param test its name, for example {@code wordsim353}
 * @param metric for example {@code spearman} or {@code accuracy}
 * @param score by that metric; NaN where nothing was covered
 * @param covered questions that could be asked
 * @param questions in all
 */
public record Scored(
    long step, String test, String metric, double score, long covered, long questions)
    implements Event {}
