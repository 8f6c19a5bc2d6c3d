package inkstone.text.jinja;

/**
 * A floating-point number.
 *
 * @param trusted whether the template made it; printed, it is then text of the template
 */
public record Real(double value, boolean trusted) implements Value {

  @Override
  public boolean equals(Object other) {
    return other instanceof Real number && value == number.value;
  }

  @Override
  public int hashCode() {
    return Double.hashCode(value);
  }

  @Override
  public String type() {
    return "float";
  }
}
