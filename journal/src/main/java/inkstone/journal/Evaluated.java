package inkstone.journal;

/**
 * The model was scored on text that training does not see.
 *
 * @param step steps done before
 * @param split name of the text, for example {@code held_out}
 * @param loss mean loss in nats per token
 * @param bitsPerByte bits needed per UTF-8 byte, every byte scored once
 * @param bytes bytes that were scored
 * @param seconds time it took
 */
public record Evaluated(
    long step, String split, double loss, double bitsPerByte, long bytes, double seconds)
    implements Event {}
