package inkstone.journal;

/**
 * An example that the model got wrong while it was sure.
 *
 * @param split name of the examples
 * @param text what was read
 * @param expected the true label
 * @param given the model's label
 * @param probability that the model gave it
 */
public record Mistaken(String split, String text, String expected, String given, double probability)
    implements Event {}
