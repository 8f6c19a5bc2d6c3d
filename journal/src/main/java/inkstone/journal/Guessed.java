package inkstone.journal;

/**
 * The model guessed tokens that were hidden from it.
 *
 * @param step steps done before
 * @param split name of the texts, for example {@code validation}
 * @param loss mean loss in nats for each hidden token
 * @param accuracy the part that was guessed
 * @param hidden how many were hidden
 * @param seconds time it took
 */
public record Guessed(
    long step, String split, double loss, double accuracy, long hidden, double seconds)
    implements Event {}
