package inkstone.generate.constraint;

/**
 * What a text that a model writes is held to. Two constraints are equal if they were asked for in
 * the same words.
 */
public sealed interface Constraint {

  /**
   * Texts that match a regular expression from their first character to their last.
   *
   * <p>Known are: characters, {@code .} (all but line ends), classes {@code [a-z0-9_]} and {@code
   * [^...]}, {@code \d \w \s} (ASCII) and {@code \D \W \S}, {@code \p{...}} as in {@link
   * java.util.regex.Pattern}, {@code \n \t \r \f}, {@code \xhh} and {@code \}{@code uhhhh}, groups
   * {@code (...)} and {@code (?:...)}, {@code |}, {@code * + ? {m} {m,} {m,n}}, and {@code ^} and
   * {@code $} at the ends of the expression.
   *
   * @throws ConstraintException if it holds anything else, with the place
   */
  static Constraint regex(String expression) {
    return new Regex(expression);
  }

  /**
   * JSON texts that are valid by a JSON schema (draft 2020-12), in a compact form: see {@code
   * docs/guide/structured.md}.
   *
   * @throws ConstraintException if it is no schema, or a keyword of it cannot be held, with the
   *     keyword and its place
   */
  static Constraint json(String schema) {
    return new Json(schema);
  }

  /** Any JSON text. */
  static Constraint json() {
    return json("true");
  }

  /**
   * This constraint before the first of {@code tokens}.
   *
   * @param continuing whether the text goes on with another, so that a tokenizer keeps a space that
   *     it would drop at the beginning of one
   * @throws ConstraintException if the constraint is too large, or accepts no text that these
   *     tokens can write
   */
  default Guide over(TokenBytes tokens, boolean continuing) {
    return Guide.of(grammar(), tokens, continuing);
  }

  /** What it comes to. */
  private Grammar grammar() {
    return switch (this) {
      case Regex regex -> Grammar.of(RegexReader.read(regex.expression, RegexReader.Ends.WHOLE));
      case Json json -> SchemaReader.read(json.schema);
    };
  }

  /** See {@link #regex}. */
  record Regex(String expression) implements Constraint {
    /** Refuses what is no expression that is known. */
    public Regex {
      RegexReader.read(expression, RegexReader.Ends.WHOLE);
    }
  }

  /** See {@link #json(String)}. */
  record Json(String schema) implements Constraint {
    /** Refuses what is no schema that is known. */
    public Json {
      SchemaReader.read(schema);
    }
  }
}
