package inkstone.text.jinja;

/**
 * What an expression comes to. These types are all that a template can reach: there is no way from
 * one of them to a Java object.
 */
public sealed interface Value
    permits Undefined, None, Bool, Int, Real, Text, Sequence, Dict, Stream, Namespace, Function {

  /** The name of the type, as Python has it, for messages. */
  String type();
}
