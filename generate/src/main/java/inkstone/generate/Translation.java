package inkstone.generate;

/**
 * A sentence in the other language.
 *
 * @param text as people write it
 * @param words with a space between them, as the model wrote it
 * @param score its log-probability divided as the length penalty says
 */
public record Translation(String text, String words, double score) {}
