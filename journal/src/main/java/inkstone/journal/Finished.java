package inkstone.journal;

/**
 * The run ended in order.
 *
 * @param step steps done
 * @param reason for example {@code done}, {@code interrupted} or {@code early stop}
 * @param seconds time of the whole command
 */
public record Finished(long step, String reason, double seconds) implements Event {}
