package inkstone.text.jinja;

/** A truth value. */
public enum Bool implements Value {
  /** True. */
  TRUE,
  /** False. */
  FALSE;

  /** That of {@code value}. */
  public static Bool of(boolean value) {
    return value ? TRUE : FALSE;
  }

  @Override
  public String type() {
    return "bool";
  }
}
