package inkstone.generate.constraint;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A state of an {@link Automaton}: all places at which a text may be. It never changes. */
final class State {

  /** A node that takes a byte or is the end, and the rules under way there. */
  record Place(int node, Frame frame) {}

  private final Set<Place> places;

  /** What is known of where bytes lead, by their class; filled as it is asked for. */
  final @Nullable State[] next;

  /** The tokens that may come; filled when it is asked for. */
  @Nullable TokenMask mask;

  State(Set<Place> places, int classes) {
    this.places = places;
    next = new State[classes];
  }

  Set<Place> places() {
    return places;
  }

  /** Whether the text may end here. */
  boolean complete() {
    return places.contains(new Place(Nfa.END, Frame.BOTTOM));
  }

  /** Whether no text can lead here. */
  boolean dead() {
    return places.isEmpty();
  }
}
