package inkstone.generate.constraint;

import java.util.List;

/**
 * Rules that may call each other.
 *
 * @param rules the first is what the whole text must be
 */
record Grammar(List<Syntax> rules) {
  Grammar {
    rules = List.copyOf(rules);
  }

  static Grammar of(Syntax syntax) {
    return new Grammar(List.of(syntax));
  }
}
