package inkstone.data;

/**
 * Sequences to learn from, packed row by row.
 *
 * @param inputs token ids, {@code sequences * length} of them
 * @param targets the token that follows each input
 * @param sequences the number of rows
 * @param length tokens of each row
 */
public record TokenBatch(int[] inputs, int[] targets, int sequences, int length) {}
