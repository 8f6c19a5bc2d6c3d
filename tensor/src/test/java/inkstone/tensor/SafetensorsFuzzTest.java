package inkstone.tensor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A safetensors file changed in thousands of random ways: each is opened and every byte of its
 * tensors read, or it is refused with a message. Another seed by {@code -Dtest.seed}.
 */
class SafetensorsFuzzTest {

  private static final int ROUNDS = 4000;

  /** What takes the place of a number or a word of the header. */
  private static final List<String> WORDS =
      List.of(
          "-1",
          "0",
          "1",
          "7",
          "9223372036854775807",
          "9223372036854775808",
          "4294967296",
          "1e3",
          "0.5",
          "null",
          "[]",
          "{}",
          "\"F32\"",
          "\"I64\"",
          "\"BOOL\"",
          "\"F8_E4M3\"",
          "\"\"",
          "true",
          "[1,1]",
          "[0,9223372036854775807]",
          "[3037000500,3037000500]");

  @TempDir Path folder;

  /** The header's text with one of its words changed, and its length put right. */
  private static byte[] changed(byte[] file, Random random) {
    int length = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    var header = new String(file, 8, length, UTF_8);
    var words =
        java.util.regex.Pattern.compile("\\d+|\"[^\"\\\\]*\"|\\[[^\\[\\]]*]").matcher(header);
    long count = words.results().count();
    long chosen = (long) (random.nextDouble() * count);
    words.reset();
    for (long i = 0; i <= chosen; i++) {
      words.find();
    }
    var text =
        header.substring(0, words.start())
            + WORDS.get(random.nextInt(WORDS.size()))
            + header.substring(words.end());
    var bytes = text.getBytes(UTF_8);
    return ByteBuffer.allocate(8 + bytes.length + file.length - 8 - length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(bytes.length)
        .put(bytes)
        .put(file, 8 + length, file.length - 8 - length)
        .array();
  }

  private static byte[] mutated(byte[] good, Random random) {
    var bytes = good.clone();
    if (random.nextInt(3) > 0) {
      for (int i = random.nextInt(2); i >= 0; i--) {
        bytes = changed(bytes, random);
      }
      return bytes;
    }
    for (int i = random.nextInt(3); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return random.nextInt(3) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
  }

  @Test
  void everyChangedFileIsReadOrRefused() throws Exception {
    long seed = Long.getLong("test.seed", 20261123);
    var random = new Random(seed);
    var good = Files.readAllBytes(SafetensorsFileTest.golden());
    var live = Tensor.live();
    int opened = 0;
    for (int i = 0; i < ROUNDS; i++) {
      var bytes = mutated(good, random);
      var path = Files.write(folder.resolve("x.safetensors"), bytes);
      try (var file = SafetensorsFile.open(path)) {
        for (var name : file.names()) {
          var data = file.entry(name).data();
          for (long at = 0; at < data.byteSize(); at++) {
            data.get(ValueLayout.JAVA_BYTE, at);
          }
          assertTrue(data.byteSize() <= bytes.length);
        }
        if (i % 10 == 0) { // each through libtorch takes longer
          Scope.run(() -> file.names().forEach(name -> Safetensors.read(file, name)));
        }
        opened++;
      } catch (SafetensorsException | TensorException e) {
        assertFalse(String.valueOf(e.getMessage()).isBlank());
      } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
        fail("seed " + seed + ", round " + i + ": " + new String(bytes, ISO_8859_1), e);
      }
    }
    assertEquals(live, Tensor.live());
    System.out.printf(
        "seed %d: %d changed files, %d opened, %d refused%n",
        seed, ROUNDS, opened, ROUNDS - opened);
    assertTrue(opened > ROUNDS / 100 && opened < ROUNDS / 2, "opened " + opened);
  }
}
