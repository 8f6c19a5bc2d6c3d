package inkstone.journal;

/**
 * The network was made, new or from a checkpoint.
 *
 * @param family for example {@code llama} or {@code gpt2}
 * @param parameters weights it really has
 */
public record NetworkBuilt(String family, long parameters) implements Event {}
