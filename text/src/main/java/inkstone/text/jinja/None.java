package inkstone.text.jinja;

/** Python's {@code None}. */
public enum None implements Value {
  /** The only one. */
  NONE;

  @Override
  public String type() {
    return "NoneType";
  }
}
