package inkstone.evaluate;

/** A way to predict bytes that needs no network; the bar that a model has to pass. */
public interface Baseline {

  /** Its name in events and reports, for example {@code xz}. */
  String name();

  /**
   * Learns from {@code training} alone, then scores every byte of {@code heldOut} once.
   *
   * @return bits for each byte of {@code heldOut}
   * @throws IllegalArgumentException if nothing is held out
   */
  double bitsPerByte(byte[] training, byte[] heldOut);

  /** Refuses to score nothing. */
  static void check(byte[] heldOut) {
    if (heldOut.length == 0) {
      throw new IllegalArgumentException("no text is held out, so there is nothing to score");
    }
  }
}
