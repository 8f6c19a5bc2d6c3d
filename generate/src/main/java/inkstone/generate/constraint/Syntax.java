package inkstone.generate.constraint;

import java.util.Arrays;
import java.util.List;

/** What a text may look like: the expressions of a grammar over Unicode characters. */
sealed interface Syntax {

  /** One character of a set. */
  record Chars(CodePoints set) implements Syntax {}

  /** Exactly this text; well-formed UTF-16. */
  record Literal(String text) implements Syntax {}

  /** One after another; the empty text where there is no part. */
  record Sequence(List<Syntax> parts) implements Syntax {
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  /** One of these; nothing at all where there is none. */
  record Choice(List<Syntax> options) implements Syntax {
    public Choice {
      options = List.copyOf(options);
    }
  }

  /** {@code min} to {@code max} times; a {@code max} of {@link #UNBOUNDED} has no upper end. */
  record Repeat(Syntax part, int min, int max) implements Syntax {}

  /** What the rule of this number in the grammar says; it may call itself. */
  record Call(int rule) implements Syntax {}

  int UNBOUNDED = -1;

  Syntax EMPTY = new Sequence(List.of());
  Syntax NOTHING = new Choice(List.of());

  static Syntax sequence(Syntax... parts) {
    return new Sequence(Arrays.asList(parts));
  }

  static Syntax choice(Syntax... options) {
    return new Choice(Arrays.asList(options));
  }

  static Syntax literal(String text) {
    return new Literal(text);
  }

  static Syntax optional(Syntax part) {
    return new Repeat(part, 0, 1);
  }

  static Syntax any(Syntax part) {
    return new Repeat(part, 0, UNBOUNDED);
  }
}
