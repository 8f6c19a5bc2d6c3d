package inkstone.journal;

/**
 * A model is here.
 *
 * @param source what was asked for
 * @param path the folder or file to use
 * @param bytes bytes that came over the network
 * @param seconds time it took
 */
public record Pulled(String source, String path, long bytes, double seconds) implements Event {}
