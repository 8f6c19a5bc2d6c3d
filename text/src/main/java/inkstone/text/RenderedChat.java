package inkstone.text;

import java.util.List;

/**
 * A conversation as the text that a model reads, for {@link Tokenizer#encodeTemplate}.
 *
 * @param spans the text in parts: what the template wrote is trusted, what the messages hold is not
 * @param generated what the assistant wrote, where the template marks it with {@code {% generation
 *     %}}; empty where it does not
 */
public record RenderedChat(List<Span> spans, List<Range> generated) {

  /** A part of the text, in UTF-16 units: {@code [from, to)}. */
  public record Range(int from, int to) {}

  /** Copies the lists. */
  public RenderedChat {
    spans = List.copyOf(spans);
    generated = List.copyOf(generated);
  }

  /** All of the text. */
  public String text() {
    var text = new StringBuilder();
    spans.forEach(span -> text.append(span.text()));
    return text.toString();
  }
}
