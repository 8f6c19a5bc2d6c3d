package inkstone.text.jinja;

import inkstone.text.TemplateException;
import inkstone.text.jinja.Token.Kind;
import java.util.List;

/** The tokens of a template while they are read. */
final class TokenStream {

  /** Deeper brackets and blocks are refused. */
  private static final int DEEPEST = 150;

  private final List<Token> tokens;
  private int at;
  private int depth;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(at);
  }

  Token following() {
    return tokens.get(Math.min(at + 1, tokens.size() - 1));
  }

  Token next() {
    var token = tokens.get(at);
    if (at < tokens.size() - 1) {
      at++;
    }
    return token;
  }

  boolean skipOperator(String operator) {
    boolean found = current().operator(operator);
    if (found) {
      next();
    }
    return found;
  }

  boolean skipName(String name) {
    boolean found = current().name(name);
    if (found) {
      next();
    }
    return found;
  }

  Token expect(Kind kind, String what) {
    if (current().kind() != kind) {
      throw error("expected %s, found %s".formatted(what, current().shown()));
    }
    return next();
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw error("expected '%s', found %s".formatted(operator, current().shown()));
    }
  }

  /** A name that is none of the language's own words. */
  String variable() {
    var token = expect(Kind.NAME, "a name");
    if (List.of("true", "false", "none", "True", "False", "None").contains(token.text())) {
      throw error("'%s' cannot be given a value".formatted(token.text()));
    }
    return token.text();
  }

  /** One bracket or block deeper. */
  void enter() {
    if (++depth > DEEPEST) {
      throw error("brackets or blocks are nested more than " + DEEPEST + " deep");
    }
  }

  void leave() {
    depth--;
  }

  TemplateException error(String problem) {
    return new TemplateException(
        "line %d of the chat template: %s".formatted(current().line(), problem));
  }
}
