package inkstone.text.jinja;

import java.util.List;

/**
 * Values in a row: a list, a tuple, or what {@code range} and a dict's methods give. A template
 * cannot change one.
 */
public record Sequence(Kind kind, List<Value> items) implements Value {

  /** What it is in Python, which shows when it is printed. */
  public enum Kind {
    /** A list. */
    LIST("list"),
    /** A tuple. */
    TUPLE("tuple"),
    /** What {@code range} gives. */
    RANGE("range"),
    /** What a dict's {@code keys()} gives. */
    KEYS("dict_keys"),
    /** What a dict's {@code values()} gives. */
    VALUES("dict_values"),
    /** What a dict's {@code items()} gives. */
    ITEMS("dict_items");

    private final String type;

    Kind(String type) {
      this.type = type;
    }

    /** Whether its items can be asked for by number. */
    boolean indexed() {
      return this == LIST || this == TUPLE || this == RANGE;
    }
  }

  /** A list. The items are not copied: nobody changes them afterwards. */
  public static Sequence list(List<Value> items) {
    return new Sequence(Kind.LIST, items);
  }

  static Sequence tuple(Value... items) {
    return new Sequence(Kind.TUPLE, List.of(items));
  }

  @Override
  public String type() {
    return kind.type;
  }
}
