package inkstone.text.jinja;

import java.util.List;
import java.util.Optional;

/** What has a value. */
sealed interface Expression {

  record Constant(Value value) implements Expression {}

  record Name(String name) implements Expression {}

  record ListOf(List<Expression> items) implements Expression {}

  record TupleOf(List<Expression> items) implements Expression {}

  record DictOf(List<Entry> entries) implements Expression {}

  record Entry(Expression key, Expression value) {}

  /** {@code target.name}: an attribute first, then a key. */
  record Attribute(Expression target, String name) implements Expression {}

  /** {@code target[index]}: a key first, then an attribute. */
  record Item(Expression target, Expression index) implements Expression {}

  record Slice(
      Expression target,
      Optional<Expression> start,
      Optional<Expression> stop,
      Optional<Expression> step)
      implements Expression {}

  record Call(Expression target, Inputs inputs) implements Expression {}

  record Filter(Expression target, String name, Inputs inputs) implements Expression {}

  record Test(Expression target, String name, Inputs inputs) implements Expression {}

  record Not(Expression operand) implements Expression {}

  /** {@code -x} and {@code +x}. */
  record Sign(boolean negative, Expression operand) implements Expression {}

  /** Arithmetic; {@code operator} is written as in the template. */
  record Binary(String operator, Expression left, Expression right) implements Expression {}

  /** {@code a < b <= c}: each compares with the one before it. */
  record Compare(Expression first, List<Comparison> rest) implements Expression {}

  /** One of {@code == != < <= > >= in}, and {@code not in}. */
  record Comparison(String operator, Expression right) {}

  record And(Expression left, Expression right) implements Expression {}

  record Or(Expression left, Expression right) implements Expression {}

  /** {@code a ~ b ~ c}. */
  record Concat(List<Expression> parts) implements Expression {}

  record Conditional(Expression test, Expression then, Optional<Expression> otherwise)
      implements Expression {}

  /** What stands in parentheses: {@code (a, *b, c=d, **e)}. */
  record Inputs(
      List<Expression> positional,
      List<Named> named,
      Optional<Expression> more,
      Optional<Expression> moreNamed) {

    static final Inputs NONE = new Inputs(List.of(), List.of(), Optional.empty(), Optional.empty());
  }

  record Named(String name, Expression value) {}
}
