package inkstone.text.jinja;

import java.util.List;
import java.util.Optional;

/** What is carried out. */
sealed interface Statement {

  /** Where it begins, counted from 1. */
  int line();

  record Data(Text text, int line) implements Statement {}

  record Print(Expression value, int line) implements Statement {}

  record If(List<Branch> branches, List<Statement> otherwise, int line) implements Statement {}

  record Branch(Expression test, List<Statement> body) {}

  record For(
      Target target,
      Expression items,
      Optional<Expression> filter,
      List<Statement> body,
      List<Statement> otherwise,
      boolean recursive,
      int line)
      implements Statement {}

  record Set(Target target, Expression value, int line) implements Statement {}

  /** {@code {% set x %}...{% endset %}}. */
  record SetBlock(Target target, List<FilterStep> filters, List<Statement> body, int line)
      implements Statement {}

  record FilterBlock(List<FilterStep> filters, List<Statement> body, int line)
      implements Statement {}

  record FilterStep(String name, Expression.Inputs inputs) {}

  record With(List<Set> values, List<Statement> body, int line) implements Statement {}

  record MacroOf(String name, Signature signature, List<Statement> body, int line)
      implements Statement {}

  /** {@code {% call(x) macro(...) %}...{% endcall %}}. */
  record CallBlock(Signature signature, Expression.Call call, List<Statement> body, int line)
      implements Statement {}

  /** The parameters of a macro, the last ones with values of their own. */
  record Signature(List<String> names, List<Expression> defaults) {}

  /** {@code {% generation %}}: what the assistant wrote. */
  record Generation(List<Statement> body, int line) implements Statement {}

  record Break(int line) implements Statement {}

  record Continue(int line) implements Statement {}

  /** What a value is given to. */
  sealed interface Target {

    record Variable(String name) implements Target {}

    /** {@code ns.name}. */
    record Field(String namespace, String name) implements Target {}

    record Several(List<Target> targets) implements Target {}
  }
}
