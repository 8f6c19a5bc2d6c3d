package inkstone.journal;

/**
 * Some more of a file has come.
 *
 * @param file its name
 * @param fileBytes bytes of it that are here
 * @param bytes bytes of all files that are here
 * @param total bytes of all files; 0 where they are not known
 * @param bytesPerSecond speed of the last seconds
 */
public record Downloading(
    String file, long fileBytes, long bytes, long total, double bytesPerSecond) implements Event {}
