package inkstone.tensor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @TempDir Path folder;

  static Path golden() throws Exception {
    return Path.of(SafetensorsFileTest.class.getResource("python.safetensors").toURI());
  }

  /** A file of that header and that many bytes of data. */
  private Path file(String header, int data) throws IOException {
    var text = header.getBytes(UTF_8);
    var bytes = ByteBuffer.allocate(8 + text.length + data).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    return Files.write(folder.resolve("x.safetensors"), bytes.array());
  }

  private static String error(Path file) {
    return error(() -> SafetensorsFile.open(file));
  }

  static String error(Executable action) {
    return String.valueOf(assertThrows(SafetensorsException.class, action).getMessage());
  }

  @Test
  void readsWhatPythonWrote() throws Exception {
    try (var file = SafetensorsFile.open(golden())) {
      assertEquals(Map.of("format", "pt \"quoted\" 墨"), file.metadata());
      assertEquals(
          java.util.Set.of("embed.weight", "ids", "short", "mask", "empty", "scalar", "键"),
          java.util.Set.copyOf(file.names()));
      var embed = file.entry("embed.weight");
      assertEquals(DType.FLOAT32, embed.dtype());
      assertEquals(List.of(2L, 3L), embed.shape());
      assertEquals(24, embed.data().byteSize());
      for (int i = 0; i < 6; i++) {
        assertEquals(i / 2f, embed.data().get(FLOAT, 4L * i));
      }
      var ids = file.entry("ids");
      assertEquals(DType.INT64, ids.dtype());
      assertEquals(-2, ids.data().get(LONG, 8));
      assertEquals(3_000_000_000L, ids.data().get(LONG, 16));
      var shorts = file.entry("short");
      assertEquals(DType.UINT16, shorts.dtype());
      assertEquals(List.of(1L, 2L), shorts.shape());
      assertEquals((byte) 0xFF, shorts.data().get(ValueLayout.JAVA_BYTE, 3));
      assertEquals(DType.BOOL, file.entry("mask").dtype());
      assertEquals(1, file.entry("mask").data().get(ValueLayout.JAVA_BYTE, 2));
      assertEquals(List.of(0L, 4L), file.entry("empty").shape());
      assertEquals(0, file.entry("empty").data().byteSize());
      assertEquals(List.of(), file.entry("scalar").shape());
      assertEquals(8, file.entry("scalar").data().byteSize());
      assertEquals(DType.INT32, file.entry("键").dtype());
      assertTrue(ids.data().isReadOnly());
      var missing = error(() -> file.entry("lm_head.weight"));
      assertTrue(missing.contains("\"lm_head.weight\" among its 7"));
    }
  }

  @Test
  void aClosedFileGivesNoBytes() throws Exception {
    var file = SafetensorsFile.open(golden());
    var data = file.entry("ids").data();
    file.close();
    file.close();
    assertThrows(IllegalStateException.class, () -> data.get(LONG, 0));
  }

  @Test
  void anEmptyHeaderIsAFileWithoutTensors() throws Exception {
    try (var file = SafetensorsFile.open(file("{}", 0))) {
      assertEquals(List.of(), file.names());
      assertEquals(Map.of(), file.metadata());
    }
  }

  @Test
  void namesComeInTheOrderOfTheData() throws Exception {
    var header =
        """
        {"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},
         "none":{"dtype":"U8","shape":[0],"data_offsets":[1,1]},
         "b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}   \
        """;
    try (var file = SafetensorsFile.open(file(header, 3))) {
      assertEquals(List.of("b", "none", "a"), file.names());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|0|does not start with '{'",
        "{} x|0|not valid JSON",
        "{\"a|0|not valid JSON",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}|1|Duplicate",
        "{\"a\":7}|0|tensor \"a\": it has no dtype",
        "{\"a\":{\"dtype\":\"Q9\",\"shape\":[],\"data_offsets\":[0,1]}}|1|dtype Q9 is not supported",
        "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}|1|shape is not a list",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,1]}}|1|shape holds -1",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1.5],\"data_offsets\":[0,1]}}|1|shape holds 1.5",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775808],\"data_offsets\":[0,1]}}|1|shape holds 9",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}|1|data_offsets is not a list",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}|1|must be [begin, end]",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,0]}}|1|must be [begin, end]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}|4|takes 8 bytes but data_offsets hold 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}|0|more than 2^63",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}|3|tensor \"b\": its data starts at byte 1 where 2",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}|2|starts at byte 1 where 0",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}|3|ends at byte 4 of 3: the file was cut",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}|3|1 bytes of data follow",
        "{\"__metadata__\":[]}|0|__metadata__ is not a JSON object",
        "{\"__metadata__\":{\"k\":1}}|0|__metadata__.k is not a string",
      })
  void aBrokenFileIsRefused(String header, int data, String expected) throws Exception {
    var message = error(file(header, data));
    assertTrue(message.contains(expected), message);
    assertTrue(message.contains("x.safetensors"), message);
  }

  @Test
  void aFileThatIsNoneIsRefused() throws Exception {
    assertTrue(error(folder.resolve("gone")).contains("there is no such file"));
    var path = folder.resolve("y");
    assertTrue(error(Files.write(path, new byte[7])).contains("7 bytes are too few"));
    assertTrue(error(Files.write(path, new byte[8])).contains("a header of 0 bytes cannot be"));
    var length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(path, length.putLong(0, SafetensorsFile.MAX_HEADER + 1).array());
    assertTrue(error(path).contains("a header of 100000001 bytes cannot be"));
    Files.write(path, length.putLong(0, -1).array());
    assertTrue(error(path).contains("18446744073709551615"));
    Files.write(path, length.putLong(0, SafetensorsFile.MAX_HEADER).array());
    assertTrue(error(path).contains("the header needs 100000008 bytes, the file has 8"));
    Files.write(path, new byte[] {2, 0, 0, 0, 0, 0, 0, 0, '{', (byte) 0xFF});
    assertTrue(error(path).contains("not valid UTF-8"));
  }

  @Test
  void aFileAboveTwoGibibytesIsMapped() throws Exception {
    var length = 3L << 30;
    var path =
        file(
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                .formatted(length, length),
            0);
    try (var sparse = FileChannel.open(path, StandardOpenOption.WRITE)) {
      sparse.write(ByteBuffer.wrap(new byte[] {42}), sparse.size() + length - 1);
    }
    try (var file = SafetensorsFile.open(path)) {
      assertEquals(42, file.entry("a").data().get(ValueLayout.JAVA_BYTE, length - 1));
    }
  }

  @Test
  void everyCutOfAGoodFileIsRefused() throws Exception {
    var whole = Files.readAllBytes(golden());
    var path = folder.resolve("cut.safetensors");
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, java.util.Arrays.copyOf(whole, length));
      assertTrue(error(path).contains("cut.safetensors"));
    }
  }
}
