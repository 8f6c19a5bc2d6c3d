package inkstone.journal;

/**
 * A tokenizer was learned from the training bytes.
 *
 * @param kind for example {@code bpe} or {@code character}
 * @param vocabulary number of tokens, special ones included
 * @param bytesPerToken UTF-8 bytes one token stands for, on average
 * @param seconds time it took
 */
public record TokenizerLearned(String kind, int vocabulary, double bytesPerToken, double seconds)
    implements Event {}
