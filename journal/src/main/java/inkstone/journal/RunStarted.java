package inkstone.journal;

/**
 * A command began. A resumed run says it again, so the last one tells of the latest process.
 *
 * @param command what was typed, for example {@code inkstone speedrun --minutes 10}
 * @param version version of Inkstone
 * @param seed seed of every random choice
 * @param machine where it runs
 * @param recipe the recipe as YAML; empty where there is none
 */
public record RunStarted(String command, String version, long seed, Machine machine, String recipe)
    implements Event {}
