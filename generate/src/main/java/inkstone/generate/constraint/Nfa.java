package inkstone.generate.constraint;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A non-deterministic automaton over bytes whose nodes may call rules: what a grammar comes to.
 *
 * @param nodes the first is the end of every rule
 * @param starts the first node of each rule
 */
@SuppressWarnings("ArrayRecordComponent")
record Nfa(List<Node> nodes, int[] starts) {

  static final int END = 0;

  Nfa {
    nodes = List.copyOf(nodes);
  }

  /**
   * This automaton without what can never come to the end of its rule.
   *
   * @param alphabet the bytes that there are
   * @throws ConstraintException if nothing is left, or a rule calls itself before any byte
   */
  Nfa pruned(BitSet alphabet) {
    refuseLeftRecursion();
    var live = live(alphabet);
    if (!live[starts[0]]) {
      throw new ConstraintException(
          "the constraint accepts no text at all that this vocabulary could write");
    }
    var kept = nodes.toArray(Node[]::new);
    for (int i = 0; i < kept.length; i++) {
      kept[i] = live[i] ? keep(kept[i], live) : new Node.Split(new int[0]);
    }
    return new Nfa(List.of(kept), starts);
  }

  private static Node keep(Node node, boolean[] live) {
    return switch (node) {
      case Node.Split split ->
          new Node.Split(Arrays.stream(split.targets()).filter(t -> live[t]).toArray());
      case Node.Bytes bytes -> {
        var some =
            java.util.stream.IntStream.range(0, bytes.target().length)
                .filter(i -> live[bytes.target()[i]])
                .toArray();
        yield some.length == bytes.target().length
            ? bytes
            : new Node.Bytes(
                pick(bytes.first(), some), pick(bytes.last(), some), pick(bytes.target(), some));
      }
      case Node.Call call -> call;
      case Node.End end -> end;
    };
  }

  private static int[] pick(int[] values, int[] places) {
    return Arrays.stream(places).map(i -> values[i]).toArray();
  }

  /** Of each node, whether some bytes lead from it to the end of its rule. */
  private boolean[] live(BitSet alphabet) {
    var live = new boolean[nodes.size()];
    // Targets mostly come before what leads to them, so that few rounds are enough.
    for (boolean changed = true; changed; ) {
      changed = false;
      for (int i = 0; i < live.length; i++) {
        if (!live[i] && lives(nodes.get(i), live, alphabet)) {
          live[i] = true;
          changed = true;
        }
      }
    }
    return live;
  }

  private boolean lives(Node node, boolean[] live, BitSet alphabet) {
    return switch (node) {
      case Node.End end -> true;
      case Node.Split split -> Arrays.stream(split.targets()).anyMatch(t -> live[t]);
      case Node.Call call -> live[call.next()] && live[starts[call.rule()]];
      case Node.Bytes bytes -> {
        boolean any = false;
        for (int i = 0; i < bytes.target().length; i++) {
          int has = alphabet.nextSetBit(bytes.first()[i]);
          any |= live[bytes.target()[i]] && has >= 0 && has <= bytes.last()[i];
        }
        yield any;
      }
    };
  }

  /** A rule that comes back to itself without a byte would be called for ever. */
  private void refuseLeftRecursion() {
    var nullable = new boolean[starts.length];
    for (boolean changed = true; changed; ) {
      changed = false;
      for (int rule = 0; rule < starts.length; rule++) {
        if (!nullable[rule] && atOnce(rule, nullable).get(starts.length)) {
          nullable[rule] = true;
          changed = true;
        }
      }
    }
    var colours = new int[starts.length];
    for (int rule = 0; rule < starts.length; rule++) {
      visit(rule, nullable, colours);
    }
  }

  /** Depth first, without recursion: 1 is under way, 2 is done. */
  private void visit(int root, boolean[] nullable, int[] colours) {
    var path = new ArrayDeque<Integer>(List.of(root));
    while (!path.isEmpty()) {
      int rule = path.peek();
      if (colours[rule] != 0) {
        colours[path.pop()] = 2;
        continue;
      }
      colours[rule] = 1;
      var calls = atOnce(rule, nullable);
      for (int next = calls.nextSetBit(0); next >= 0 && next < starts.length; ) {
        if (colours[next] == 1) {
          throw new ConstraintException(
              "the constraint refers to itself in a circle with nothing between");
        }
        if (colours[next] == 0) {
          path.push(next);
        }
        next = calls.nextSetBit(next + 1);
      }
    }
  }

  /** The rules that a rule calls before any byte; the bit behind them says that it may be empty. */
  private BitSet atOnce(int rule, boolean[] nullable) {
    var found = new BitSet();
    var seen = new BitSet();
    var open = new ArrayDeque<Integer>(List.of(starts[rule]));
    while (!open.isEmpty()) {
      int at = open.pop();
      if (seen.get(at)) {
        continue;
      }
      seen.set(at);
      switch (nodes.get(at)) {
        case Node.End end -> found.set(starts.length);
        case Node.Split split -> Arrays.stream(split.targets()).forEach(open::push);
        case Node.Call call -> {
          found.set(call.rule());
          if (nullable[call.rule()]) {
            open.push(call.next());
          }
        }
        case Node.Bytes bytes -> {
          // A byte: nothing behind it is at once.
        }
      }
    }
    return found;
  }
}
