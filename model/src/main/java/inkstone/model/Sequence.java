package inkstone.model;

/**
 * One text, or a pair, with the tokens around it, as an encoder reads it.
 *
 * @param ids at least one
 * @param types as many: 1 for those of the second text of a pair
 */
@SuppressWarnings("ArrayRecordComponent")
public record Sequence(int[] ids, int[] types) {}
