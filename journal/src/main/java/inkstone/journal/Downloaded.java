package inkstone.journal;

/**
 * A file is here whole, and is what it should be.
 *
 * @param file its name
 * @param bytes its size
 * @param sha256 its checksum
 * @param checked whether somebody had said beforehand what the checksum should be
 * @param seconds time it took
 */
public record Downloaded(String file, long bytes, String sha256, boolean checked, double seconds)
    implements Event {}
