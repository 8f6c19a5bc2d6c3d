package inkstone.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the values of expressions. */
final class Evaluator {

  private final Run run;

  Evaluator(Run run) {
    this.run = run;
  }

  Value value(Expression expression, Scope scope) {
    run.enter();
    try {
      return switch (expression) {
        case Expression.Constant constant -> constant.value();
        case Expression.Name name ->
            scope.find(name.name()).orElseGet(() -> Undefined.name(name.name()));
        case Expression.ListOf list -> Sequence.list(values(list.items(), scope));
        case Expression.TupleOf tuple ->
            new Sequence(Sequence.Kind.TUPLE, values(tuple.items(), scope));
        case Expression.DictOf dict -> dict(dict, scope);
        case Expression.Attribute attribute ->
            Access.attribute(run, value(attribute.target(), scope), attribute.name());
        case Expression.Item item ->
            Access.item(run, value(item.target(), scope), value(item.index(), scope));
        case Expression.Slice slice -> slice(slice, scope);
        case Expression.Call call -> call(call, scope);
        case Expression.Filter filter ->
            Filters.apply(
                run,
                filter.name(),
                value(filter.target(), scope),
                arguments(filter.inputs(), scope));
        case Expression.Test test ->
            Bool.of(
                Tests.check(
                    run,
                    test.name(),
                    value(test.target(), scope),
                    arguments(test.inputs(), scope)));
        case Expression.Not not -> Bool.of(!Operators.truth(value(not.operand(), scope)));
        case Expression.Sign sign -> sign(sign.negative(), value(sign.operand(), scope));
        case Expression.Binary binary ->
            Arithmetic.apply(
                run, binary.operator(), value(binary.left(), scope), value(binary.right(), scope));
        case Expression.Compare compare -> Bool.of(compare(compare, scope));
        case Expression.And and -> {
          var left = value(and.left(), scope);
          yield Operators.truth(left) ? value(and.right(), scope) : left;
        }
        case Expression.Or or -> {
          var left = value(or.left(), scope);
          yield Operators.truth(left) ? left : value(or.right(), scope);
        }
        case Expression.Concat concat -> concat(concat.parts(), scope);
        case Expression.Conditional choice -> {
          if (Operators.truth(value(choice.test(), scope))) {
            yield value(choice.then(), scope);
          }
          yield choice.otherwise().isPresent()
              ? value(choice.otherwise().get(), scope)
              : new Undefined("an 'if' without 'else' was false, so it has no value");
        }
      };
    } finally {
      run.leave();
    }
  }

  private List<Value> values(List<Expression> expressions, Scope scope) {
    var values = new ArrayList<Value>(expressions.size());
    expressions.forEach(expression -> values.add(value(expression, scope)));
    return values;
  }

  private Value dict(Expression.DictOf dict, Scope scope) {
    var entries = new LinkedHashMap<Value, Value>();
    for (var entry : dict.entries()) {
      var key = value(entry.key(), scope);
      if (!Dict.hashable(key)) {
        throw new Fault("a value of type %s cannot be a key".formatted(key.type()));
      }
      entries.put(key, value(entry.value(), scope));
    }
    return new Dict(entries);
  }

  private Value slice(Expression.Slice slice, Scope scope) {
    return Access.slice(
        run,
        value(slice.target(), scope),
        slice.start().map(bound -> value(bound, scope)).orElse(None.NONE),
        slice.stop().map(bound -> value(bound, scope)).orElse(None.NONE),
        slice.step().map(bound -> value(bound, scope)).orElse(None.NONE));
  }

  Value call(Expression.Call call, Scope scope) {
    var target = value(call.target(), scope);
    return call(run, target, arguments(call.inputs(), scope));
  }

  /** Calls {@code target}, which may turn out to be nothing that can be called. */
  static Value call(Run run, Value target, Arguments arguments) {
    if (target instanceof Undefined missing) {
      throw missing.fault();
    }
    if (!(target instanceof Function function)) {
      throw new Fault("a value of type %s cannot be called".formatted(target.type()));
    }
    run.enter();
    try {
      return function.call(run, arguments);
    } finally {
      run.leave();
    }
  }

  Arguments arguments(Expression.Inputs inputs, Scope scope) {
    if (inputs == Expression.Inputs.NONE) {
      return Arguments.NONE;
    }
    var positional = values(inputs.positional(), scope);
    inputs.more().ifPresent(more -> positional.addAll(Operators.items(run, value(more, scope))));
    Map<String, Value> named = new LinkedHashMap<>();
    for (var argument : inputs.named()) {
      named.put(argument.name(), value(argument.value(), scope));
    }
    inputs.moreNamed().ifPresent(more -> unpack(value(more, scope), named));
    return new Arguments(positional, named);
  }

  private static void unpack(Value more, Map<String, Value> named) {
    if (!(more instanceof Dict dict)) {
      throw new Fault("'**' needs a dict, found " + more.type());
    }
    dict.entries()
        .forEach(
            (key, value) -> {
              if (!(key instanceof Text name)) {
                throw new Fault("'**' needs a dict whose keys are strings");
              }
              named.put(name.string(), value);
            });
  }

  private static Value sign(boolean negative, Value operand) {
    if (!Numbers.is(operand)) {
      throw operand instanceof Undefined missing
          ? missing.fault()
          : new Fault("'-' and '+' before a value need a number, found " + operand.type());
    }
    return negative ? Numbers.negate(operand) : Arithmetic.number(operand);
  }

  private boolean compare(Expression.Compare compare, Scope scope) {
    var left = value(compare.first(), scope);
    for (var comparison : compare.rest()) {
      var right = value(comparison.right(), scope);
      boolean holds =
          switch (comparison.operator()) {
            case "==" -> Operators.equal(run, left, right);
            case "!=" -> !Operators.equal(run, left, right);
            case "in" -> Operators.contains(run, right, left);
            case "not in" -> !Operators.contains(run, right, left);
            case "<" -> Operators.compare(run, left, right) < 0;
            case "<=" -> Operators.compare(run, left, right) <= 0;
            case ">" -> Operators.compare(run, left, right) > 0;
            default -> Operators.compare(run, left, right) >= 0;
          };
      if (!holds) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private Value concat(List<Expression> parts, Scope scope) {
    var out = new TextBuilder();
    for (var part : parts) {
      var text = Printer.str(run, value(part, scope));
      run.make((long) out.units() + text.units());
      out.append(text);
    }
    return out.build();
  }
}
