package inkstone.generate.constraint;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The deterministic automaton of a grammar, with a stack where rules call each other. Its states
 * are made when a text first comes to them (subset construction) and kept within a bound. Every
 * living state has a text that completes it. Used under a lock.
 */
final class Automaton {

  /** More steps for one token's mask than this are refused: some seconds. */
  private static final long MOST_WORK = 20_000_000;

  /** Places, table entries and mask words that are kept: some 100 MB. */
  private static final long MOST_KEPT = 4_000_000;

  private final Nfa nfa;
  private final byte[] classes = new byte[256];
  private final int classCount;
  private final State start;
  private final Map<Set<State.Place>, State> states = new HashMap<>();
  private long work;
  private long kept;

  private Automaton(Nfa nfa) {
    this.nfa = nfa;
    classCount = classify();
    var places = new HashSet<State.Place>();
    add(nfa.starts()[0], Frame.BOTTOM, places);
    start = new State(places, classCount);
  }

  /**
   * The automaton of {@code grammar}.
   *
   * @param alphabet the bytes that there are; what needs others is left out
   * @throws ConstraintException if no text is accepted, or the grammar cannot be followed
   */
  static Automaton of(Grammar grammar, BitSet alphabet) {
    return new Automaton(NfaBuilder.build(grammar).pruned(alphabet));
  }

  /** Before any byte. */
  State start() {
    return start;
  }

  /** Allows the work of one mask. */
  void begin() {
    work = 0;
  }

  /** The state behind one byte, which may be dead. */
  State after(State state, int value) {
    int type = classes[value] & 0xFF;
    var known = state.next[type];
    if (known != null) {
      return known;
    }
    var places = new HashSet<State.Place>();
    for (var place : state.places()) {
      int target =
          nfa.nodes().get(place.node()) instanceof Node.Bytes bytes ? bytes.after(value) : -1;
      if (target >= 0) {
        add(target, place.frame(), places);
      }
    }
    if (kept > MOST_KEPT) {
      forget();
    }
    var found = states.get(places);
    if (found == null) {
      found = new State(places, classCount);
      states.put(places, found);
      kept += places.size() + classCount / 4 + 8;
    }
    state.next[type] = found;
    return found;
  }

  /** Counts the words of a mask as kept. */
  void keep(long words) {
    kept += words;
  }

  /** Drops all that can be made again. */
  private void forget() {
    for (var state : states.values()) {
      java.util.Arrays.fill(state.next, null);
      state.mask = null;
    }
    java.util.Arrays.fill(start.next, null);
    states.clear();
    kept = 0;
  }

  /** Adds what can be reached from a node without a byte. */
  private void add(int node, Frame frame, Set<State.Place> places) {
    var seen = new HashSet<State.Place>();
    var open = new ArrayDeque<State.Place>();
    open.push(new State.Place(node, frame));
    while (!open.isEmpty()) {
      var place = open.pop();
      if (!seen.add(place)) {
        continue;
      }
      if (++work > MOST_WORK) {
        throw new ConstraintException(
            "the constraint leaves too many ways to read one text; make its alternatives differ"
                + " earlier");
      }
      switch (nfa.nodes().get(place.node())) {
        case Node.Bytes bytes -> places.add(place);
        case Node.Split split -> {
          for (int target : split.targets()) {
            open.push(new State.Place(target, place.frame()));
          }
        }
        case Node.Call call -> {
          // What ends with the call needs no frame of its own.
          var inner = call.next() == Nfa.END ? place.frame() : place.frame().push(call.next());
          open.push(new State.Place(nfa.starts()[call.rule()], inner));
        }
        case Node.End end -> {
          if (place.frame().node() < 0) {
            places.add(place);
          } else {
            open.push(new State.Place(place.frame().node(), place.frame().below()));
          }
        }
      }
    }
  }

  /** Bytes that no node tells apart are of one class. */
  private int classify() {
    var begins = new BitSet();
    for (var node : nfa.nodes()) {
      if (node instanceof Node.Bytes bytes) {
        for (int i = 0; i < bytes.target().length; i++) {
          begins.set(bytes.first()[i]);
          begins.set(bytes.last()[i] + 1);
        }
      }
    }
    int type = 0;
    for (int value = 0; value < 256; value++) {
      if (value > 0 && begins.get(value)) {
        type++;
      }
      classes[value] = (byte) type;
    }
    return type + 1;
  }
}
