package inkstone.data;

/**
 * An input that could not be used.
 *
 * @param place the file, with line or bytes where it is a part of one
 * @param reason what is wrong with it
 */
public record Skipped(String place, String reason) {
  @Override
  public String toString() {
    return place + ": " + reason;
  }
}
