package inkstone.generate.constraint;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Thompson's construction ("Regular Expression Search Algorithm", 1968) from the end to the
 * beginning: each expression is built in front of the node that follows it.
 */
final class NfaBuilder {

  /** More nodes than this are refused: about 50 MB. */
  static final int MOST = 200_000;

  private static final int END = 0;

  private final List<Node> nodes = new ArrayList<>(List.of(new Node.End()));
  private final Map<CodePoints, List<List<Utf8Ranges.Bytes>>> encoded = new HashMap<>();
  private int work;

  /**
   * The automaton of {@code grammar}.
   *
   * @throws ConstraintException if it is too large
   */
  static Nfa build(Grammar grammar) {
    var builder = new NfaBuilder();
    var starts = grammar.rules().stream().mapToInt(rule -> builder.before(rule, END)).toArray();
    return new Nfa(builder.nodes, starts);
  }

  private int before(Syntax syntax, int next) {
    return switch (syntax) {
      case Syntax.Chars chars -> characters(chars.set(), next);
      case Syntax.Literal literal -> literal(literal.text(), next);
      case Syntax.Sequence sequence -> {
        int start = next;
        for (var part : sequence.parts().reversed()) {
          start = before(part, start);
        }
        yield start;
      }
      case Syntax.Choice choice ->
          split(choice.options().stream().mapToInt(option -> before(option, next)).toArray());
      case Syntax.Repeat repeat -> repeat(repeat, next);
      case Syntax.Call call -> add(new Node.Call(call.rule(), next));
    };
  }

  private int repeat(Syntax.Repeat repeat, int next) {
    int start = next;
    if (repeat.max() == Syntax.UNBOUNDED) {
      start = split(next);
      nodes.set(start, new Node.Split(new int[] {before(repeat.part(), start), next}));
    }
    for (int i = repeat.max(); i > repeat.min(); i--) {
      start = split(before(repeat.part(), start), next);
    }
    for (int i = 0; i < repeat.min(); i++) {
      start = before(repeat.part(), start);
      count();
    }
    return start;
  }

  private int literal(String text, int next) {
    var bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    int start = next;
    for (int i = bytes.length - 1; i >= 0; i--) {
      int value = bytes[i] & 0xFF;
      start = add(new Node.Bytes(new int[] {value}, new int[] {value}, new int[] {start}));
    }
    return start;
  }

  private int characters(CodePoints set, int next) {
    return bytes(
        encoded.computeIfAbsent(set, Utf8Ranges::of),
        0,
        next,
        new HashMap<List<Integer>, Integer>());
  }

  /** The node for what follows the first {@code depth} bytes; equal nodes are one. */
  private int bytes(
      List<List<Utf8Ranges.Bytes>> sequences,
      int depth,
      int next,
      Map<List<Integer>, Integer> known) {
    var edges = new ArrayList<Integer>();
    for (int from = 0; from < sequences.size(); ) {
      var range = sequences.get(from).get(depth);
      int to = from + 1;
      while (to < sequences.size() && sequences.get(to).get(depth).equals(range)) {
        to++;
      }
      boolean last = sequences.get(from).size() == depth + 1;
      int target = last ? next : bytes(sequences.subList(from, to), depth + 1, next, known);
      int before = edges.size() - 3;
      if (before >= 0
          && edges.get(before + 1) == range.first() - 1
          && edges.get(before + 2) == target) {
        edges.set(before + 1, range.last());
      } else {
        edges.addAll(List.of(range.first(), range.last(), target));
      }
      from = to;
    }
    var same = known.get(edges);
    if (same != null) {
      return same;
    }
    int count = edges.size() / 3;
    var node = new Node.Bytes(new int[count], new int[count], new int[count]);
    for (int i = 0; i < count; i++) {
      node.first()[i] = edges.get(3 * i);
      node.last()[i] = edges.get(3 * i + 1);
      node.target()[i] = edges.get(3 * i + 2);
    }
    int id = add(node);
    known.put(edges, id);
    return id;
  }

  private int split(int... targets) {
    return add(new Node.Split(targets));
  }

  private int add(Node node) {
    count();
    nodes.add(node);
    return nodes.size() - 1;
  }

  private void count() {
    if (++work > MOST) {
      throw new ConstraintException(
          "the constraint comes to more than %,d states; lower the bounds of its repetitions"
              .formatted(MOST));
    }
  }
}
