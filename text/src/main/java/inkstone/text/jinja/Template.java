package inkstone.text.jinja;

import inkstone.text.TemplateException;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;

/** A template that was read and can be rendered any number of times, by many threads. */
public final class Template {

  /** Longer sources are refused; the longest known have some 30,000 characters. */
  private static final int LONGEST = 1 << 20;

  private final List<Statement> statements;

  private Template(List<Statement> statements) {
    this.statements = statements;
  }

  /**
   * What a template rendered.
   *
   * @param generated where {@code {% generation %}} blocks lie, in UTF-16 units: [from, to)
   */
  public record Page(Text text, List<int[]> generated) {}

  /**
   * Reads a template.
   *
   * @throws TemplateException if it is not well-formed or uses what is not supported
   */
  public static Template parse(String source) {
    if (source.length() > LONGEST) {
      throw new TemplateException(
          "the chat template has %d characters; at most %d are read"
              .formatted(source.length(), LONGEST));
    }
    return new Template(StatementParser.parse(source));
  }

  /**
   * Renders it.
   *
   * @param variables what it can see, beside the functions that every template has
   * @throws TemplateException if it fails, refuses what it is given or does not come to an end
   */
  public Page render(Map<String, Value> variables, ZonedDateTime now) {
    var page = new TextBuilder();
    var renderer = new Renderer(new Run(now), page);
    var scope = Scope.global();
    Globals.define(scope);
    variables.forEach(scope::set);
    try {
      renderer.render(statements, scope.inner());
    } catch (LocatedFault e) {
      throw new TemplateException(
          "line %d of the chat template: %s".formatted(e.line(), e.getMessage()), e);
    }
    return new Page(page.build(), List.copyOf(renderer.generated()));
  }
}
