package inkstone.text.jinja;

import java.util.List;
import java.util.Optional;

/** The variable {@code loop}. */
final class Loop implements Function {

  private final List<Value> items;
  private final int depth;
  private final Function again;
  private int index;
  private List<Value> changed = List.of();

  /**
   * @param depth 0 for the outermost of recursive loops
   * @param again goes through other items with the same body
   */
  Loop(List<Value> items, int depth, Function again) {
    this.items = items;
    this.depth = depth;
    this.again = again;
  }

  /** Now the item {@code index} is at hand. */
  void at(int next) {
    index = next;
  }

  @Override
  public Value call(Run run, Arguments arguments) {
    return again.call(run, arguments);
  }

  @Override
  public Optional<Value> attribute(String name) {
    int size = items.size();
    Value value =
        switch (name) {
          case "index" -> Int.trusted(index + 1L);
          case "index0" -> Int.trusted(index);
          case "revindex" -> Int.trusted(size - (long) index);
          case "revindex0" -> Int.trusted(size - index - 1L);
          case "first" -> Bool.of(index == 0);
          case "last" -> Bool.of(index == size - 1);
          case "length" -> Int.trusted(size);
          case "depth" -> Int.trusted(depth + 1L);
          case "depth0" -> Int.trusted(depth);
          case "previtem" ->
              index > 0 ? items.get(index - 1) : new Undefined("there is no previous item");
          case "nextitem" ->
              index < size - 1 ? items.get(index + 1) : new Undefined("there is no next item");
          case "cycle" -> (Function) (run, in) -> cycle(in.positional());
          case "changed" -> (Function) (run, in) -> Bool.of(changed(run, in.positional()));
          default -> Undefined.attribute(this, name);
        };
    return Optional.of(value);
  }

  private Value cycle(List<Value> values) {
    if (values.isEmpty()) {
      throw new Fault("loop.cycle needs values");
    }
    return values.get(index % values.size());
  }

  private boolean changed(Run run, List<Value> values) {
    boolean same =
        Operators.equal(run, Sequence.list(changed), Sequence.list(values)) && !changed.isEmpty();
    changed = values;
    return !same;
  }
}
