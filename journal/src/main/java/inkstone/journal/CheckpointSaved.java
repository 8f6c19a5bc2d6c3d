package inkstone.journal;

/**
 * A checkpoint lies whole on disk.
 *
 * @param step steps done before
 * @param path its folder
 * @param seconds time it took
 */
public record CheckpointSaved(long step, String path, double seconds) implements Event {}
