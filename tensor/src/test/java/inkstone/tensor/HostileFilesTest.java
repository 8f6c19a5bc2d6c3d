package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Good files with a few bytes wrong, tens of thousands of them: each is opened, or refused with the
 * reader's own exception and the file's name, and none makes the reader take more memory than its
 * own size explains.
 */
@Timeout(300)
class HostileFilesTest {

  private static final int INPUTS = 30_000;
  private static final long SEED = 20;
  private static final Path NAME = Path.of("hostile.file");
  private static final String[] JSON = {
    "[", "{", "\"", "-1", "1e999", "9".repeat(40), "null", ",,"
  };
  private static final long[] NASTY = {
    0,
    1,
    -1,
    2,
    9,
    31,
    255,
    256,
    65535,
    65536,
    1L << 31,
    (1L << 31) - 1,
    1L << 32,
    (1L << 32) - 1,
    1L << 40,
    1L << 61,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MAX_VALUE - 31
  };

  @Test
  void gguf() throws Exception {
    var whole = Files.readAllBytes(GgufFileTest.golden());
    var places = GgufHeader.parse(NAME, MemorySegment.ofArray(whole)).tensors();
    int header = (int) places.values().iterator().next().begin();
    hostile(
        whole,
        header,
        bytes -> {
          var file = GgufFile.of(NAME, Arena.global(), MemorySegment.ofArray(bytes));
          assertTrue(file.metadata().toString().startsWith("{")); // reads every value
          file.names().forEach(name -> file.entry(name).data().byteSize());
        });
  }

  @Test
  void safetensors() throws Exception {
    var whole = Files.readAllBytes(SafetensorsFileTest.golden());
    int header = 8 + (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    hostile(
        whole,
        header,
        bytes -> {
          var file = SafetensorsFile.of(NAME, Arena.global(), MemorySegment.ofArray(bytes));
          file.names().forEach(name -> file.entry(name).data().byteSize());
        });
  }

  private static void hostile(byte[] whole, int header, Consumer<byte[]> reader) throws Exception {
    int opened = 0;
    long most = 0;
    reader.accept(whole); // classes are loaded before memory is measured
    var allocated = new Allocated();
    for (int i = 0; i < INPUTS; i++) {
      var random = new Random(SEED + i);
      var bytes = whole;
      for (int times = random.nextInt(4); times >= 0; times--) {
        bytes = changed(bytes, Math.min(header, bytes.length), random);
      }
      long before = allocated.bytes();
      try {
        reader.accept(bytes);
        opened++;
      } catch (GgufException | SafetensorsException e) {
        var message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(NAME.toString()), message);
      } catch (Throwable e) {
        throw new AssertionError("seed " + (SEED + i), e);
      }
      long taken = allocated.bytes() - before;
      most = Math.max(most, taken);
      assertTrue(
          taken < (1 << 20) + 64L * bytes.length,
          "seed " + (SEED + i) + ": " + taken + " bytes taken for a file of " + bytes.length);
    }
    System.out.printf(
        "%d hostile files from seed %d: %d opened, %d refused, at most %d KiB taken for one%n",
        INPUTS, SEED, opened, INPUTS - opened, most >> 10);
    assertTrue(opened > 0 && opened < INPUTS, opened + " opened");
  }

  /** One change in the header, or a cut anywhere. */
  private static byte[] changed(byte[] bytes, int header, Random random) {
    if (header == 0) {
      return bytes;
    }
    int at = random.nextInt(header);
    var changed = bytes.clone();
    switch (random.nextInt(7)) {
      case 0 -> changed[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> changed[at] = (byte) random.nextInt();
      case 2 -> number(changed, at, Long.BYTES, random);
      case 3 -> number(changed, at, Integer.BYTES, random);
      case 4 -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      case 5 -> {
        return moved(bytes, at, Math.min(random.nextInt(40), header - at), random);
      }
      default -> {
        var text =
            JSON[random.nextInt(JSON.length)].getBytes(java.nio.charset.StandardCharsets.UTF_8);
        System.arraycopy(text, 0, changed, at, Math.min(text.length, bytes.length - at));
      }
    }
    return changed;
  }

  private static void number(byte[] bytes, int at, int size, Random random) {
    var nasty = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    nasty.putLong(NASTY[random.nextInt(NASTY.length)]);
    System.arraycopy(nasty.array(), 0, bytes, at, Math.min(size, bytes.length - at));
  }

  /** A piece taken out, or there twice. */
  private static byte[] moved(byte[] bytes, int at, int length, Random random) {
    int resume = random.nextBoolean() ? at + length : at;
    int keep = resume == at ? at + length : at;
    var moved = Arrays.copyOf(bytes, keep + bytes.length - resume);
    System.arraycopy(bytes, resume, moved, keep, bytes.length - resume);
    return moved;
  }

  /** The bytes that this thread has ever asked for; the room's module need not know the tool. */
  private static final class Allocated {
    private final Object threads;
    private final Method method;

    Allocated() throws ReflectiveOperationException {
      threads =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      method =
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getCurrentThreadAllocatedBytes");
    }

    long bytes() throws ReflectiveOperationException {
      return (long) method.invoke(threads);
    }
  }
}
