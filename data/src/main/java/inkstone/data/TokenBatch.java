package inkstone.data;

/**
 * Rows to learn from, packed one behind the other.
 *
 * @param inputs token ids, {@code [sequences, length]}
 * @param targets the id that follows each of them, of the same shape
 * @param sequences number of rows
 * @param length tokens in a row
 */
public record TokenBatch(int[] inputs, int[] targets, int sequences, int length) {}
