package inkstone.text.jinja;

import inkstone.text.jinja.Statement.FilterStep;
import inkstone.text.jinja.Statement.Signature;
import inkstone.text.jinja.Statement.Target;
import inkstone.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the statements of a template. */
final class StatementParser {

  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private int loops;

  private StatementParser(TokenStream tokens) {
    this.tokens = tokens;
    expressions = new ExpressionParser(tokens);
  }

  /** The statements of a whole template. */
  static List<Statement> parse(String template) {
    var parser = new StatementParser(new TokenStream(Lexer.tokens(template)));
    return parser.until(Set.of());
  }

  /** Statements up to a block of one of these names, which is the current token afterwards. */
  private List<Statement> until(Set<String> ends) {
    var statements = new ArrayList<Statement>();
    while (true) {
      var token = tokens.current();
      switch (token.kind()) {
        case DATA ->
            statements.add(new Statement.Data(Text.trusted(tokens.next().text()), token.line()));
        case PRINT_BEGIN -> {
          tokens.next();
          statements.add(new Statement.Print(expressions.tuple(true), token.line()));
          tokens.expect(Kind.PRINT_END, "'}}'");
        }
        case BLOCK_BEGIN -> {
          tokens.next();
          if (tokens.current().kind() == Kind.NAME && ends.contains(tokens.current().text())) {
            return statements;
          }
          tokens.enter();
          statements.add(block(tokens.expect(Kind.NAME, "the name of a block")));
          tokens.leave();
          tokens.expect(Kind.BLOCK_END, "'%}'");
        }
        default -> {
          if (token.kind() != Kind.END || !ends.isEmpty()) {
            throw tokens.error("expected {%% %s %%}, found %s".formatted(ends, token.shown()));
          }
          return statements;
        }
      }
    }
  }

  private Statement block(Token token) {
    int line = token.line();
    return switch (token.text()) {
      case "if" -> condition(line);
      case "for" -> loop(line);
      case "set" -> set(line);
      case "macro" -> {
        var name = tokens.variable();
        var signature = signature();
        yield new Statement.MacroOf(name, signature, separate("endmacro"), line);
      }
      case "call" -> {
        var signature =
            tokens.current().operator("(") ? signature() : new Signature(List.of(), List.of());
        if (!(expressions.expression() instanceof Expression.Call call)) {
          throw tokens.error("'call' needs the call of a macro");
        }
        yield new Statement.CallBlock(signature, call, separate("endcall"), line);
      }
      case "filter" -> {
        var filters = new ArrayList<FilterStep>();
        do {
          filters.add(new FilterStep(expressions.filterName(), expressions.inputsIfAny()));
        } while (tokens.skipOperator("|"));
        yield new Statement.FilterBlock(filters, body("endfilter"), line);
      }
      case "with" -> {
        var values = new ArrayList<Statement.Set>();
        while (tokens.current().kind() != Kind.BLOCK_END) {
          if (!values.isEmpty()) {
            tokens.expectOperator(",");
          }
          var target = single();
          tokens.expectOperator("=");
          values.add(new Statement.Set(target, expressions.expression(), line));
        }
        yield new Statement.With(values, body("endwith"), line);
      }
      case "generation" -> new Statement.Generation(separate("endgeneration"), line);
      case "print" -> new Statement.Print(expressions.tuple(true), line);
      case "break" -> {
        requireLoop("break");
        yield new Statement.Break(line);
      }
      case "continue" -> {
        requireLoop("continue");
        yield new Statement.Continue(line);
      }
      default ->
          throw tokens.error(
              "'{%% %s %%}' is not expected here, or not supported in chat templates"
                  .formatted(token.text()));
    };
  }

  private void requireLoop(String name) {
    if (loops == 0) {
      throw tokens.error("'%s' stands outside a loop".formatted(name));
    }
  }

  /** A body up to {@code end}, which is taken. */
  private List<Statement> body(String end) {
    tokens.expect(Kind.BLOCK_END, "'%}'");
    var statements = until(Set.of(end));
    tokens.next();
    return statements;
  }

  /** A body that runs apart from the loop around it. */
  private List<Statement> separate(String end) {
    int outside = loops;
    loops = 0;
    var statements = body(end);
    loops = outside;
    return statements;
  }

  private Statement condition(int line) {
    var branches = new ArrayList<Statement.Branch>();
    while (true) {
      var test = expressions.tuple(false);
      tokens.expect(Kind.BLOCK_END, "'%}'");
      branches.add(new Statement.Branch(test, until(Set.of("elif", "else", "endif"))));
      var end = tokens.next();
      if (end.name("endif")) {
        return new Statement.If(branches, List.of(), line);
      }
      if (end.name("else")) {
        return new Statement.If(branches, body("endif"), line);
      }
    }
  }

  private Statement loop(int line) {
    var target = target();
    if (!tokens.skipName("in")) {
      throw tokens.error("expected 'in', found " + tokens.current().shown());
    }
    var items = expressions.tuple(false);
    Optional<Expression> filter =
        tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
    boolean recursive = tokens.skipName("recursive");
    tokens.expect(Kind.BLOCK_END, "'%}'");
    loops++;
    var body = until(Set.of("endfor", "else"));
    loops--;
    var otherwise = tokens.next().name("else") ? body("endfor") : List.<Statement>of();
    return new Statement.For(target, items, filter, body, otherwise, recursive, line);
  }

  private Statement set(int line) {
    var target = target();
    if (tokens.skipOperator("=")) {
      return new Statement.Set(target, expressions.tuple(true), line);
    }
    var filters = new ArrayList<FilterStep>();
    while (tokens.skipOperator("|")) {
      filters.add(new FilterStep(expressions.filterName(), expressions.inputsIfAny()));
    }
    return new Statement.SetBlock(target, filters, body("endset"), line);
  }

  private Target target() {
    var first = single();
    if (!tokens.current().operator(",")) {
      return first;
    }
    var targets = new ArrayList<Target>(List.of(first));
    while (tokens.skipOperator(",")) {
      if (tokens.current().kind() != Kind.NAME && !tokens.current().operator("(")) {
        break;
      }
      if (tokens.current().name("in")) {
        break;
      }
      targets.add(single());
    }
    return new Target.Several(targets);
  }

  private Target single() {
    if (tokens.skipOperator("(")) {
      tokens.enter();
      var inside = target();
      tokens.leave();
      tokens.expectOperator(")");
      return inside;
    }
    var name = tokens.variable();
    if (tokens.skipOperator(".")) {
      return new Target.Field(name, tokens.expect(Kind.NAME, "a name").text());
    }
    return new Target.Variable(name);
  }

  private Signature signature() {
    tokens.expectOperator("(");
    var names = new ArrayList<String>();
    var defaults = new ArrayList<Expression>();
    while (!tokens.skipOperator(")")) {
      if (!names.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.skipOperator(")")) {
          break;
        }
      }
      names.add(tokens.variable());
      if (tokens.skipOperator("=")) {
        defaults.add(expressions.expression());
      } else if (!defaults.isEmpty()) {
        throw tokens.error("a parameter without a value of its own follows one with it");
      }
    }
    return new Signature(names, defaults);
  }
}
