package inkstone.journal;

/**
 * The recipe was settled and lies in the run folder.
 *
 * @param recipe its text, YAML
 */
public record RecipeFrozen(String recipe) implements Event {}
