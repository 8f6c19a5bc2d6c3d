package inkstone.text.jinja;

import inkstone.text.jinja.Statement.FilterStep;
import inkstone.text.jinja.Statement.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Carries out statements. */
final class Renderer {

  /** How a body ended. */
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  private final Run run;
  private final Evaluator evaluator;
  private final TextBuilder page;
  private final List<int[]> generated = new ArrayList<>();

  /**
   * @param page where the finished text goes
   */
  Renderer(Run run, TextBuilder page) {
    this.run = run;
    this.page = page;
    evaluator = new Evaluator(run);
  }

  /** Where, in UTF-16 units of the page, {@code {% generation %}} blocks lie: [from, to). */
  List<int[]> generated() {
    return generated;
  }

  void render(List<Statement> statements, Scope scope) {
    body(statements, scope, page);
  }

  private Flow body(List<Statement> statements, Scope scope, TextBuilder out) {
    run.enter();
    try {
      for (Statement statement : statements) {
        var flow = step(statement, scope, out);
        if (flow != Flow.NEXT) {
          return flow;
        }
      }
      return Flow.NEXT;
    } finally {
      run.leave();
    }
  }

  private Flow step(Statement statement, Scope scope, TextBuilder out) {
    try {
      return carryOut(statement, scope, out);
    } catch (Fault e) {
      throw LocatedFault.of(e, statement.line());
    }
  }

  private Flow carryOut(Statement statement, Scope scope, TextBuilder out) {
    run.step();
    switch (statement) {
      case Statement.Data data -> write(data.text(), out);
      case Statement.Print print ->
          write(Printer.str(run, evaluator.value(print.value(), scope)), out);
      case Statement.If choice -> {
        for (var branch : choice.branches()) {
          if (Operators.truth(evaluator.value(branch.test(), scope))) {
            return body(branch.body(), scope, out);
          }
        }
        return body(choice.otherwise(), scope, out);
      }
      case Statement.For loop -> loop(loop, evaluator.value(loop.items(), scope), 0, scope, out);
      case Statement.Set set -> assign(set.target(), evaluator.value(set.value(), scope), scope);
      case Statement.SetBlock set ->
          assign(set.target(), filtered(set.filters(), set.body(), scope), scope);
      case Statement.FilterBlock block ->
          write(Printer.str(run, filtered(block.filters(), block.body(), scope)), out);
      case Statement.With with -> {
        var inside = scope.inner();
        with.values()
            .forEach(set -> assign(set.target(), evaluator.value(set.value(), scope), inside));
        return body(with.body(), inside, out);
      }
      case Statement.MacroOf macro -> scope.set(macro.name(), macro(macro, scope));
      case Statement.CallBlock block -> write(callBlock(block, scope), out);
      case Statement.Generation generation -> {
        int from = page.units();
        body(generation.body(), scope.inner(), out);
        if (out == page) {
          generated.add(new int[] {from, page.units()});
        }
      }
      case Statement.Break end -> {
        return Flow.BREAK;
      }
      case Statement.Continue next -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.NEXT;
  }

  private void write(Text text, TextBuilder out) {
    run.make(text.units());
    run.check((long) out.units() + text.units());
    out.append(text);
  }

  private void loop(Statement.For loop, Value items, int depth, Scope scope, TextBuilder out) {
    List<Value> chosen = new ArrayList<>();
    for (Value item : Operators.items(run, items)) {
      run.step();
      if (loop.filter().isPresent()) {
        var inside = scope.inner();
        assign(loop.target(), item, inside);
        if (!Operators.truth(evaluator.value(loop.filter().get(), inside))) {
          continue;
        }
      }
      chosen.add(item);
    }
    Function again =
        (r, in) -> {
          if (!loop.recursive()) {
            throw new Fault("the loop cannot be called: write 'recursive' at its head");
          }
          var inside = new TextBuilder();
          loop(loop, in.bind("loop", "items").get("items"), depth + 1, scope, inside);
          return inside.build();
        };
    var state = new Loop(chosen, depth, again);
    for (int i = 0; i < chosen.size(); i++) {
      state.at(i);
      var inside = scope.inner();
      inside.set("loop", state);
      assign(loop.target(), chosen.get(i), inside);
      if (body(loop.body(), inside, out) == Flow.BREAK) {
        return;
      }
    }
    if (chosen.isEmpty()) {
      body(loop.otherwise(), scope.inner(), out);
    }
  }

  private void assign(Target target, Value value, Scope scope) {
    switch (target) {
      case Target.Variable variable -> scope.set(variable.name(), value);
      case Target.Field field -> {
        if (!(scope.find(field.namespace()).orElse(None.NONE) instanceof Namespace namespace)) {
          throw new Fault(
              "'%s' is no namespace, so '%s' of it cannot be set"
                  .formatted(field.namespace(), field.name()));
        }
        namespace.set(field.name(), value);
      }
      case Target.Several several -> {
        var values = Operators.items(run, value);
        if (values.size() != several.targets().size()) {
          throw new Fault(
              "%d names are given %d values".formatted(several.targets().size(), values.size()));
        }
        for (int i = 0; i < values.size(); i++) {
          assign(several.targets().get(i), values.get(i), scope);
        }
      }
    }
  }

  /** A body's text after its filters. */
  private Value filtered(List<FilterStep> filters, List<Statement> body, Scope scope) {
    var out = new TextBuilder();
    var inside = scope.inner();
    body(body, inside, out);
    Value value = out.build();
    for (var filter : filters) {
      value =
          Filters.apply(run, filter.name(), value, evaluator.arguments(filter.inputs(), inside));
    }
    return value;
  }

  private Function macro(Statement.MacroOf macro, Scope scope) {
    return new Macro(macro.name(), macro.signature(), macro.body(), scope);
  }

  private Text callBlock(Statement.CallBlock block, Scope scope) {
    var caller = new Macro("caller", block.signature(), block.body(), scope);
    var given = evaluator.arguments(block.call().inputs(), scope);
    var named = new LinkedHashMap<>(given.named());
    named.put("caller", caller);
    var target = evaluator.value(block.call().target(), scope);
    var value = Evaluator.call(run, target, new Arguments(given.positional(), named));
    return Printer.str(run, value);
  }

  /** A macro together with the names that it sees. */
  private final class Macro implements Function {

    private final String name;
    private final Statement.Signature signature;
    private final List<Statement> body;
    private final Scope scope;

    Macro(String name, Statement.Signature signature, List<Statement> body, Scope scope) {
      this.name = name;
      this.signature = signature;
      this.body = body;
      this.scope = scope;
    }

    @Override
    public Value call(Run run, Arguments given) {
      var inside = scope.inner();
      var names = signature.names();
      int positional = Math.min(names.size(), given.positional().size());
      var rest = new LinkedHashMap<Value, Value>();
      for (int i = 0; i < names.size(); i++) {
        var parameter = names.get(i);
        int fallback = i - (names.size() - signature.defaults().size());
        if (i < positional) {
          inside.set(parameter, given.positional().get(i));
        } else if (given.named().containsKey(parameter)) {
          inside.set(parameter, given.named().getOrDefault(parameter, None.NONE));
        } else {
          inside.set(
              parameter,
              fallback >= 0
                  ? evaluator.value(signature.defaults().get(fallback), inside)
                  : new Undefined("'%s' was not given to '%s'".formatted(parameter, name)));
        }
      }
      given
          .named()
          .forEach(
              (key, value) -> {
                if (key.equals("caller")) {
                  inside.set("caller", value);
                } else if (!names.contains(key)) {
                  rest.put(Text.trusted(key), value);
                } else if (names.indexOf(key) < positional) {
                  throw new Fault("'%s' was given '%s' twice".formatted(name, key));
                }
              });
      inside.set(
          "varargs",
          new Sequence(
              Sequence.Kind.TUPLE,
              given.positional().subList(positional, given.positional().size())));
      inside.set("kwargs", new Dict(rest));
      var out = new TextBuilder();
      body(body, inside, out);
      return out.build();
    }
  }
}
