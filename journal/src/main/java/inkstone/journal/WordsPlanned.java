package inkstone.journal;

/**
 * The plan of learning word vectors.
 *
 * @param method for example {@code skipgram, 5 negative samples}
 * @param vocabulary words that get a vector
 * @param dimensions numbers of a vector
 * @param words of the text, those without a vector left out
 * @param epochs times that it is read
 * @param threads that learn
 * @param steps parts of the text in all epochs
 */
public record WordsPlanned(
    String method, int vocabulary, int dimensions, long words, int epochs, int threads, long steps)
    implements Event {}
