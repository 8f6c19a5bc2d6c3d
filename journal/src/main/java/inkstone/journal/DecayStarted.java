package inkstone.journal;

/**
 * The learning rate began to fall. Resume and replay take the point from here.
 *
 * @param step first step of the decay
 */
public record DecayStarted(long step) implements Event {}
