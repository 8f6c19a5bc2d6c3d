package inkstone.text.jinja;

/** What a template does wrong while it runs; the statement that it happens in adds its line. */
final class Fault extends RuntimeException {

  private static final long serialVersionUID = 1;

  Fault(String message) {
    super(message, null, false, false);
  }
}
