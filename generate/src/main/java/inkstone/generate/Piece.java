package inkstone.generate;

/**
 * What one token adds to a text.
 *
 * @param text whole characters only. Empty where a character, or what may become a stop string, is
 *     not complete yet: it comes with a later piece. The pieces' texts make up the completion's
 * @param id the token
 * @param logprob the natural logarithm of the probability that the model gave the token, before
 *     penalty, temperature and filters
 */
public record Piece(String text, int id, double logprob) {}
