package inkstone.text.jinja;

/** A fault with the line of the innermost statement that it happened in. */
final class LocatedFault extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int line;

  private LocatedFault(String message, int line) {
    super(message, null, false, false);
    this.line = line;
  }

  static LocatedFault of(Fault fault, int line) {
    return new LocatedFault(String.valueOf(fault.getMessage()), line);
  }

  int line() {
    return line;
  }
}
