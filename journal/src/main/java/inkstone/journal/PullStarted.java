package inkstone.journal;

/**
 * It is known what of a model is to be fetched.
 *
 * @param source what was asked for
 * @param snapshot the commit or checksum that it is now
 * @param files files in all
 * @param bytes their sizes in all; 0 where they are not known
 * @param presentBytes how much of it is here already
 */
public record PullStarted(String source, String snapshot, int files, long bytes, long presentBytes)
    implements Event {}
