package inkstone.journal;

/**
 * The model wrote something.
 *
 * @param step steps done before
 * @param prompt what it was given
 * @param text what it wrote after it
 */
public record Sampled(long step, String prompt, String text) implements Event {}
