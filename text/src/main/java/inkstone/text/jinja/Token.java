package inkstone.text.jinja;

/**
 * A piece of a template.
 *
 * @param text a name, an operator, the value of a string, the digits of a number or the words of
 *     the template outside its tags
 * @param line counted from 1
 */
record Token(Kind kind, String text, int line) {

  enum Kind {
    DATA,
    PRINT_BEGIN,
    PRINT_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(Kind wanted, String wantedText) {
    return kind == wanted && text.equals(wantedText);
  }

  boolean operator(String wanted) {
    return is(Kind.OPERATOR, wanted);
  }

  boolean name(String wanted) {
    return is(Kind.NAME, wanted);
  }

  /** As a message shows it. */
  String shown() {
    return switch (kind) {
      case END -> "the end of the template";
      case PRINT_BEGIN -> "'{{'";
      case PRINT_END -> "'}}'";
      case BLOCK_BEGIN -> "'{%'";
      case BLOCK_END -> "'%}'";
      case DATA -> "text";
      default -> "'" + text + "'";
    };
  }
}
