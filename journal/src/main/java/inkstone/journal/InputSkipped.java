package inkstone.journal;

/**
 * A file of the corpus was left out.
 *
 * @param file path as the user gave it
 * @param reason why, in words
 */
public record InputSkipped(String file, String reason) implements Event {}
