package inkstone.journal;

import java.time.Instant;

/**
 * An event and when it was written.
 *
 * @param time when, in UTC, to the millisecond
 * @param event what happened
 */
public record Recorded(Instant time, Event event) {}
