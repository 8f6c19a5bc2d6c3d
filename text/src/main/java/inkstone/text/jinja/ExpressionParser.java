package inkstone.text.jinja;

import inkstone.text.jinja.Expression.Comparison;
import inkstone.text.jinja.Expression.Inputs;
import inkstone.text.jinja.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads expressions, with the precedence of Jinja 3.1's own parser. */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

  private final TokenStream tokens;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /** An expression, with {@code a if b else c}. */
  Expression expression() {
    tokens.enter();
    var value = or();
    while (tokens.skipName("if")) {
      var test = or();
      Optional<Expression> otherwise =
          tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
      value = new Expression.Conditional(test, value, otherwise);
    }
    tokens.leave();
    return value;
  }

  /** An expression, or several with commas between them: a tuple. */
  Expression tuple(boolean conditional) {
    var items = new ArrayList<Expression>();
    boolean comma = false;
    while (!endsTuple()) {
      items.add(conditional ? expression() : or());
      comma = tokens.skipOperator(",");
      if (!comma) {
        break;
      }
    }
    if (items.isEmpty()) {
      throw tokens.error("expected an expression, found " + tokens.current().shown());
    }
    return items.size() == 1 && !comma ? items.getFirst() : new Expression.TupleOf(items);
  }

  private boolean endsTuple() {
    var token = tokens.current();
    return token.kind() == Kind.BLOCK_END
        || token.kind() == Kind.PRINT_END
        || token.operator(")")
        || token.name("recursive");
  }

  Expression or() {
    var left = and();
    while (tokens.skipName("or")) {
      left = new Expression.Or(left, and());
    }
    return left;
  }

  private Expression and() {
    var left = not();
    while (tokens.skipName("and")) {
      left = new Expression.And(left, not());
    }
    return left;
  }

  private Expression not() {
    if (!tokens.skipName("not")) {
      return comparison();
    }
    tokens.enter();
    var operand = not();
    tokens.leave();
    return new Expression.Not(operand);
  }

  private Expression comparison() {
    var first = sum();
    var rest = new ArrayList<Comparison>();
    while (true) {
      var token = tokens.current();
      if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        tokens.next();
        rest.add(new Comparison(token.text(), sum()));
      } else if (tokens.skipName("in")) {
        rest.add(new Comparison("in", sum()));
      } else if (token.name("not") && tokens.following().name("in")) {
        tokens.next();
        tokens.next();
        rest.add(new Comparison("not in", sum()));
      } else {
        return rest.isEmpty() ? first : new Expression.Compare(first, rest);
      }
    }
  }

  private Expression sum() {
    var left = concat();
    while (tokens.current().operator("+") || tokens.current().operator("-")) {
      left = new Expression.Binary(tokens.next().text(), left, concat());
    }
    return left;
  }

  private Expression concat() {
    var parts = new ArrayList<Expression>();
    parts.add(product());
    while (tokens.skipOperator("~")) {
      parts.add(product());
    }
    return parts.size() == 1 ? parts.getFirst() : new Expression.Concat(parts);
  }

  private Expression product() {
    var left = power();
    while (tokens.current().kind() == Kind.OPERATOR
        && Set.of("*", "/", "//", "%").contains(tokens.current().text())) {
      left = new Expression.Binary(tokens.next().text(), left, power());
    }
    return left;
  }

  private Expression power() {
    var left = unary(true);
    while (tokens.skipOperator("**")) {
      left = new Expression.Binary("**", left, unary(true));
    }
    return left;
  }

  private Expression unary(boolean filters) {
    tokens.enter();
    Expression value;
    if (tokens.skipOperator("-")) {
      value = new Expression.Sign(true, unary(false));
    } else if (tokens.skipOperator("+")) {
      value = new Expression.Sign(false, unary(false));
    } else {
      value = primary();
    }
    value = postfix(value);
    value = filters ? filtersAndTests(value) : value;
    tokens.leave();
    return value;
  }

  private Expression primary() {
    var token = tokens.next();
    return switch (token.kind()) {
      case NAME ->
          switch (token.text()) {
            case "true", "True" -> new Expression.Constant(Bool.TRUE);
            case "false", "False" -> new Expression.Constant(Bool.FALSE);
            case "none", "None" -> new Expression.Constant(None.NONE);
            default -> new Expression.Name(token.text());
          };
      case STRING -> strings(token.text());
      case INTEGER ->
          new Expression.Constant(new Int(new BigInteger(token.text().replace("_", "")), true));
      case FLOAT ->
          new Expression.Constant(
              new Real(Double.parseDouble(token.text().replace("_", "")), true));
      default ->
          switch (token.text()) {
            case "(" -> parentheses();
            case "[" -> new Expression.ListOf(items("]"));
            case "{" -> dict();
            default -> throw tokens.error("unexpected " + token.shown());
          };
    };
  }

  /** Strings side by side are one. */
  private Expression strings(String first) {
    var text = new StringBuilder(first);
    while (tokens.current().kind() == Kind.STRING) {
      text.append(tokens.next().text());
    }
    return new Expression.Constant(Text.trusted(text.toString()));
  }

  private Expression parentheses() {
    if (tokens.skipOperator(")")) {
      return new Expression.TupleOf(List.of());
    }
    var value = tuple(true);
    tokens.expectOperator(")");
    return value;
  }

  private List<Expression> items(String closing) {
    var items = new ArrayList<Expression>();
    while (!tokens.skipOperator(closing)) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.skipOperator(closing)) {
          break;
        }
      }
      items.add(expression());
    }
    return items;
  }

  private Expression dict() {
    var entries = new ArrayList<Expression.Entry>();
    while (!tokens.skipOperator("}")) {
      if (!entries.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.skipOperator("}")) {
          break;
        }
      }
      var key = expression();
      tokens.expectOperator(":");
      entries.add(new Expression.Entry(key, expression()));
    }
    return new Expression.DictOf(entries);
  }

  private Expression postfix(Expression target) {
    var value = target;
    while (true) {
      if (tokens.skipOperator(".")) {
        var token = tokens.next();
        value =
            switch (token.kind()) {
              case NAME -> new Expression.Attribute(value, token.text());
              case INTEGER ->
                  new Expression.Item(
                      value, new Expression.Constant(new Int(new BigInteger(token.text()), true)));
              default -> throw tokens.error("expected a name after '.', found " + token.shown());
            };
      } else if (tokens.skipOperator("[")) {
        value = subscript(value);
      } else if (tokens.current().operator("(")) {
        value = new Expression.Call(value, inputs());
      } else {
        return value;
      }
    }
  }

  private Expression subscript(Expression target) {
    Optional<Expression> start = Optional.empty();
    if (!tokens.current().operator(":")) {
      var index = tuple(true);
      if (tokens.skipOperator("]")) {
        return new Expression.Item(target, index);
      }
      start = Optional.of(index);
    }
    tokens.expectOperator(":");
    var stop = bound();
    var step = tokens.skipOperator(":") ? bound() : Optional.<Expression>empty();
    tokens.expectOperator("]");
    return new Expression.Slice(target, start, stop, step);
  }

  private Optional<Expression> bound() {
    var token = tokens.current();
    return token.operator(":") || token.operator("]")
        ? Optional.empty()
        : Optional.of(expression());
  }

  private Expression filtersAndTests(Expression target) {
    var value = target;
    while (true) {
      if (tokens.skipOperator("|")) {
        var name = filterName();
        value = new Expression.Filter(value, name, inputsIfAny());
      } else if (tokens.skipName("is")) {
        value = test(value);
      } else if (tokens.current().operator("(")) {
        value = new Expression.Call(value, inputs());
      } else {
        return value;
      }
    }
  }

  /** The name of a filter. One that does not exist is an error only where it is used. */
  String filterName() {
    return tokens.expect(Kind.NAME, "the name of a filter").text();
  }

  Inputs inputsIfAny() {
    return tokens.current().operator("(") ? inputs() : Inputs.NONE;
  }

  private Expression test(Expression target) {
    boolean negated = tokens.skipName("not");
    var name = tokens.expect(Kind.NAME, "the name of a test").text();
    var inputs = Inputs.NONE;
    if (tokens.current().operator("(")) {
      inputs = inputs();
    } else if (beginsArgument()) {
      var argument = postfix(primary());
      inputs = new Inputs(List.of(argument), List.of(), Optional.empty(), Optional.empty());
    }
    var test = new Expression.Test(target, name, inputs);
    return negated ? new Expression.Not(test) : test;
  }

  private boolean beginsArgument() {
    var token = tokens.current();
    return switch (token.kind()) {
      case NAME -> {
        if (token.name("is")) {
          throw tokens.error("tests cannot be chained with 'is'");
        }
        yield !Set.of("else", "or", "and").contains(token.text());
      }
      case STRING, INTEGER, FLOAT -> true;
      default -> token.operator("[") || token.operator("{");
    };
  }

  Inputs inputs() {
    tokens.expectOperator("(");
    var positional = new ArrayList<Expression>();
    var named = new ArrayList<Expression.Named>();
    Optional<Expression> more = Optional.empty();
    Optional<Expression> moreNamed = Optional.empty();
    boolean first = true;
    while (!tokens.skipOperator(")")) {
      if (!first) {
        tokens.expectOperator(",");
        if (tokens.skipOperator(")")) {
          break;
        }
      }
      first = false;
      if (tokens.skipOperator("**")) {
        moreNamed = once(moreNamed);
      } else if (tokens.skipOperator("*")) {
        more = once(more);
      } else if (tokens.current().kind() == Kind.NAME && tokens.following().operator("=")) {
        var name = tokens.next().text();
        tokens.next();
        named.add(new Expression.Named(name, expression()));
      } else if (named.isEmpty() && more.isEmpty() && moreNamed.isEmpty()) {
        positional.add(expression());
      } else {
        throw tokens.error("an argument without a name stands after one with a name");
      }
    }
    return new Inputs(positional, named, more, moreNamed);
  }

  private Optional<Expression> once(Optional<Expression> before) {
    if (before.isPresent()) {
      throw tokens.error("a call unpacks two values where one is possible");
    }
    return Optional.of(expression());
  }
}
