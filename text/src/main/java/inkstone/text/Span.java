package inkstone.text;

/**
 * A stretch of a prompt, and whether it may name special tokens.
 *
 * @param trusted true for the words of a template, in which {@code <|im_start|>} is that token;
 *     false for what a user wrote, in which it is plain characters
 */
public record Span(String text, boolean trusted) {

  /** A stretch of a template: names of special tokens in it are those tokens. */
  public static Span template(String text) {
    return new Span(text, true);
  }

  /** A stretch of plain text: it never yields a special token. */
  public static Span plain(String text) {
    return new Span(text, false);
  }
}
