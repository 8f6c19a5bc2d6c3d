package inkstone.journal;

/**
 * Another way to predict the same held-out bytes was scored.
 *
 * @param name for example {@code xz}
 * @param baselineBitsPerByte bits it needs per byte
 * @param bytes bytes that were scored
 * @param seconds time it took
 */
public record BaselineMeasured(String name, double baselineBitsPerByte, long bytes, double seconds)
    implements Event {}
