package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Utf8StreamTest {

  private static byte[] bytes(int... values) {
    var bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  @Test
  void aCharacterComesWithItsLastByte() {
    var stream = new Utf8Stream();
    assertEquals("a", stream.accept(bytes('a', 0xE5)));
    assertEquals("", stream.accept(bytes(0xA2)));
    assertEquals("墨b", stream.accept(bytes(0xA8, 'b')));
    assertEquals("", stream.accept(bytes(0xF0, 0x9F)));
    assertEquals("", stream.accept(bytes(0x98)));
    assertEquals("😀", stream.accept(bytes(0x80)));
    assertEquals("", stream.finish());
  }

  @Test
  void whatCannotBecomeACharacterIsReplaced() {
    var stream = new Utf8Stream();
    assertEquals("\uFFFD", stream.accept(bytes(0xFF)));
    assertEquals("", stream.accept(bytes(0xE5)));
    assertEquals("\uFFFDx", stream.accept(bytes('x')));
    assertEquals("", stream.accept(bytes(0xE5, 0xA2)));
    assertEquals("\uFFFD", stream.finish());
    assertEquals("", stream.finish());
  }

  @Test
  void partsGiveWhatTheWholeGives() {
    var alphabet = bytes('a', 0x80, 0xA2, 0xBF, 0xC3, 0xE0, 0xE5, 0xED, 0xF0, 0x9F, 0xF4, 0xFF);
    var good = "aé墨😀".getBytes(StandardCharsets.UTF_8);
    for (int seed = 0; seed < 2_000; seed++) {
      var random = new SplittableRandom(seed);
      var all = new byte[0];
      for (int n = random.nextInt(6); n > 0; n--) {
        var part =
            random.nextBoolean()
                ? good
                : new byte[] {
                  alphabet[random.nextInt(alphabet.length)],
                  alphabet[random.nextInt(alphabet.length)]
                };
        all = Arrays.copyOf(all, all.length + part.length);
        System.arraycopy(part, 0, all, all.length - part.length, part.length);
      }
      var stream = new Utf8Stream();
      var text = new StringBuilder();
      for (int at = 0; at < all.length; ) {
        int next = Math.min(all.length, at + random.nextInt(4));
        text.append(stream.accept(Arrays.copyOfRange(all, at, next)));
        at = next;
      }
      text.append(stream.finish());
      assertEquals(new String(all, StandardCharsets.UTF_8), text.toString(), "seed " + seed);
    }
  }
}
