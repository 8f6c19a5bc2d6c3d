package inkstone.data;

/**
 * One unit of text that is kept whole: a file, a line of a {@code .jsonl} file, a synset.
 *
 * @param name where it came from, for messages: a path, with {@code :line} where it has one
 * @param text its text, well-formed
 */
public record Document(String name, String text) {}
