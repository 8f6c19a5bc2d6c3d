package inkstone.evaluate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class XzTest {

  @Test
  void isTheDifferenceOfTwoSizes() {
    var training = "the inkstone and the brush ".repeat(100).getBytes(UTF_8);
    var heldOut = "the brush and the paper".getBytes(UTF_8);
    var both = new byte[training.length + heldOut.length];
    System.arraycopy(training, 0, both, 0, training.length);
    System.arraycopy(heldOut, 0, both, training.length, heldOut.length);
    assertEquals(Xz.size(both), Xz.size(training, heldOut));
    assertEquals(
        8.0 * (Xz.size(both) - Xz.size(training)) / heldOut.length,
        new Xz().bitsPerByte(training, heldOut));
    assertEquals("xz", new Xz().name());
  }

  @Test
  void noiseCostsEightBitsAndACopyNextToNothing() {
    var noise = new byte[100_000];
    new Random(1).nextBytes(noise);
    var other = new byte[100_000];
    new Random(2).nextBytes(other);
    assertEquals(8, new Xz().bitsPerByte(noise, other), 0.01);
    assertTrue(new Xz().bitsPerByte(noise, noise) < 0.1);
    assertThrows(IllegalArgumentException.class, () -> new Xz().bitsPerByte(noise, new byte[0]));
  }

  @Test
  void anEmptyTextIsAnXzFileToo() {
    // Header, index and footer, as "xz -9e" writes them for an empty file.
    assertEquals(32, Xz.size());
  }
}
