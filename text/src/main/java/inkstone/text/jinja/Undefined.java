package inkstone.text.jinja;

/**
 * What a name that nobody set stands for: printed it is empty, asked for more it is an error.
 *
 * @param why what is missing, for the message of that error
 */
record Undefined(String why) implements Value {

  static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  static Undefined attribute(Value target, String name) {
    return new Undefined("a value of type %s has no '%s'".formatted(target.type(), name));
  }

  /** The error that any use gives but printing, testing and looping. */
  Fault fault() {
    return new Fault(why);
  }

  @Override
  public String type() {
    return "undefined";
  }
}
