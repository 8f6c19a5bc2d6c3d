package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GgufFileTest {

  private static final long GIGA = 1L << 40;
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @TempDir Path folder;

  static Path golden() throws Exception {
    return Path.of(GgufFileTest.class.getResource("python.gguf").toURI());
  }

  static String error(Executable action) {
    return String.valueOf(assertThrows(GgufException.class, action).getMessage());
  }

  private String error(GgufBytes bytes) throws IOException {
    var path = bytes.write(folder.resolve("x.gguf"));
    return error(() -> GgufFile.open(path));
  }

  @Test
  void readsWhatPythonWrote() throws Exception {
    try (var file = GgufFile.open(golden())) {
      assertEquals(3, file.version());
      var metadata = file.metadata();
      assertEquals("test", metadata.get("general.architecture"));
      assertEquals(250, metadata.get("test.uint8"));
      assertEquals(-5, metadata.get("test.int8"));
      assertEquals(65000, metadata.get("test.uint16"));
      assertEquals(-300, metadata.get("test.int16"));
      assertEquals(4_000_000_000L, metadata.get("test.uint32"));
      assertEquals(-70000, metadata.get("test.int32"));
      assertEquals(new BigInteger("18446744073709551615"), metadata.get("test.uint64"));
      assertEquals(-(1L << 40), metadata.get("test.int64"));
      assertEquals(0.1f, metadata.get("test.float32"));
      assertEquals(0.1, metadata.get("test.float64"));
      assertEquals(true, metadata.get("test.bool"));
      assertEquals("墨 \n\0 ink", metadata.get("test.string"));
      assertEquals(List.of("a", "", "Ġthe", "墨"), metadata.get("test.strings"));
      assertEquals(List.of(1, -2, 3), metadata.get("test.ints"));
      assertEquals(List.of(0.5f, -1.25f), metadata.get("test.floats"));
      assertEquals(List.of(true, false), metadata.get("test.bools"));
      assertEquals(List.of(1, 255), metadata.get("test.bytes"));
      assertEquals(18, metadata.size());
      assertEquals(27, file.names().size());
      var three = file.entry("three");
      assertEquals(GgufType.F32, three.type());
      assertEquals(List.of(2L, 3L, 4L), three.shape());
      assertEquals(96, three.data().byteSize());
      for (int i = 0; i < 24; i++) {
        assertEquals(i, three.data().get(FLOAT, 4L * i));
      }
      assertTrue(three.data().isReadOnly());
      assertEquals(List.of(3L, 512L), file.entry("Q6_K").shape());
      assertEquals(3 * 2 * 210, file.entry("Q6_K").data().byteSize());
      var missing = error(() -> file.entry("output.weight"));
      assertTrue(missing.contains("\"output.weight\" among its 27 (F32, F32.values, "), missing);
    }
  }

  @Test
  void metadataCannotBeChanged() throws Exception {
    try (var file = GgufFile.open(golden())) {
      assertThrows(UnsupportedOperationException.class, () -> file.metadata().clear());
      for (var key : List.of("test.strings", "test.ints")) {
        var list = (List<?>) file.metadata().getOrDefault(key, List.of());
        assertThrows(UnsupportedOperationException.class, () -> list.remove(0));
      }
    }
  }

  @Test
  void aClosedFileGivesNoBytes() throws Exception {
    var file = GgufFile.open(golden());
    var data = file.entry("three").data();
    file.close();
    file.close();
    assertThrows(IllegalStateException.class, () -> data.get(FLOAT, 0));
  }

  @Test
  void versionTwoAlignmentAndArraysOfArrays() throws Exception {
    var path =
        GgufBytes.of(GgufHeader.MAGIC, 2, 3, 2)
            .text("general.alignment")
            .ints(GgufValue.UINT32, 8)
            .text("nested")
            .ints(GgufValue.ARRAY, GgufValue.ARRAY)
            .longs(2)
            .ints(GgufValue.INT32)
            .longs(1)
            .ints(7)
            .ints(GgufValue.STRING)
            .longs(0)
            .tensor("b", 0, 8, 1)
            .tensor("none", 0, 8, 0, 5)
            .tensor("a", 0, 0)
            .data(12)
            .write(folder.resolve("two.gguf"));
    try (var file = GgufFile.open(path)) {
      assertEquals(2, file.version());
      assertEquals(List.of(List.of(7), List.of()), file.metadata().get("nested"));
      assertEquals(List.of("a", "none", "b"), file.names());
      assertEquals(List.of(), file.entry("a").shape());
      assertEquals(List.of(5L, 0L), file.entry("none").shape());
      assertEquals(4, file.entry("b").data().byteSize());
    }
  }

  static Stream<Arguments> broken() {
    return Stream.of(
        Arguments.of(GgufBytes.of(0x46554748, 3, 0, 0), "not a GGUF file"),
        Arguments.of(GgufBytes.of(GgufHeader.MAGIC, 1, 0, 0), "GGUF version 1 cannot be read"),
        Arguments.of(GgufBytes.of(GgufHeader.MAGIC, -1, 0, 0), "GGUF version 4294967295"),
        Arguments.of(GgufBytes.of(GgufHeader.MAGIC, 3 << 24, 0, 0), "big-endian"),
        Arguments.of(GgufBytes.of(-1, 0), "tensors cannot be: 18446744073709551615 of 24"),
        Arguments.of(GgufBytes.of(GIGA, 0), "the number of tensors cannot be: 1099511627776"),
        Arguments.of(GgufBytes.of(0, GIGA), "the number of metadata keys cannot be"),
        Arguments.of(GgufBytes.of(0, 1).longs(GIGA, 0), "key 0 cannot be: 1099511627776"),
        Arguments.of(GgufBytes.of(0, 1).longs(-1, 0), "key 0 cannot be: 18446744073709551615"),
        Arguments.of(
            GgufBytes.of(0, 1).longs(65536).data(65440), "key 0 cannot be: 65536 of 1 bytes"),
        Arguments.of(
            GgufBytes.of(0, 1).longs(60000).data(60000), "\" cannot be: 4 of 1 bytes each"),
        Arguments.of(key(13).data(9), "\"k\" has the unknown type 13"),
        Arguments.of(key(-1).data(9), "\"k\" has the unknown type -1"),
        Arguments.of(key(GgufValue.STRING).longs(1L << 33), "\"k\" cannot be: 8589934592 of 1"),
        Arguments.of(key(GgufValue.STRING).longs(2).raw(0xC3, 0x28), "before byte 47 is not valid"),
        Arguments.of(key(GgufValue.UINT64).ints(1), "\"k\" cannot be: 8 of 1 bytes each"),
        Arguments.of(key(GgufValue.ARRAY).ints(GgufValue.UINT8).longs(GIGA), "1099511627776 of 1"),
        Arguments.of(
            key(GgufValue.ARRAY).ints(GgufValue.FLOAT64).longs(1L << 62),
            "4611686018427387904 of 8 bytes each do not fit the 0 that follow"),
        Arguments.of(key(GgufValue.ARRAY).ints(GgufValue.STRING).longs(2, 0), "2 of 8 bytes"),
        Arguments.of(key(GgufValue.ARRAY).ints(99).longs(0), "\"k\" has the unknown type 99"),
        Arguments.of(
            key(GgufValue.ARRAY)
                .ints(9)
                .longs(1)
                .ints(9)
                .longs(1)
                .ints(9)
                .longs(1)
                .ints(9)
                .longs(1)
                .data(64),
            "arrays in arrays, more than 4 deep"),
        Arguments.of(
            GgufBytes.of(0, 2).text("k").ints(7).raw(1).text("k").ints(7).raw(1),
            "key \"k\" comes twice"),
        Arguments.of(alignment(GgufValue.UINT32, 0), "general.alignment is 0"),
        Arguments.of(alignment(GgufValue.UINT32, 24), "general.alignment is 24; expected a power"),
        Arguments.of(alignment(GgufValue.UINT32, 1 << 31), "general.alignment is 2147483648"),
        Arguments.of(alignment(GgufValue.INT32, 32), "general.alignment is 32; expected"),
        Arguments.of(one(0, 0, 1, 1, 1, 1, 1), "tensor \"t\" has 5 dimensions"),
        Arguments.of(GgufBytes.of(1, 0).text("t").ints(-1).data(64), "has 4294967295 dimensions"),
        Arguments.of(one(4, 0), "tensor \"t\" has the unknown type 4"),
        Arguments.of(one(-7, 0), "tensor \"t\" has the unknown type 4294967289"),
        Arguments.of(one(2, 0, 33), "no Q4_0 tensor can have the shape [33]"),
        Arguments.of(one(2, 0), "no Q4_0 tensor can have the shape []"),
        Arguments.of(one(0, 0, -1), "no F32 tensor can have the shape [-1]"),
        Arguments.of(one(0, 0, -1, -1), "no F32 tensor can have the shape [-1, -1]"),
        Arguments.of(one(0, 0, 1L << 32, 1L << 31), "no F32 tensor can have the shape"),
        Arguments.of(one(0, 0, 1L << 61), "no F32 tensor can have the shape"),
        Arguments.of(one(0, 16, 1), "its data cannot start at byte 16"),
        Arguments.of(one(0, -32, 1), "cannot start at byte 18446744073709551584"),
        Arguments.of(one(0, Long.MAX_VALUE - 31, 8), "cannot start at byte 9223372036854775776"),
        Arguments.of(one(0, 0, 9), "\"t\" ends at byte 36 of the data, which has 32"),
        Arguments.of(one(0, GIGA, 1), "\"t\" ends at byte 1099511627780 of the data"),
        Arguments.of(
            GgufBytes.of(2, 0).tensor("t", 0, 0, 1).tensor("t", 0, 32, 1).data(64),
            "tensor \"t\" comes twice"),
        Arguments.of(
            GgufBytes.of(2, 0).tensor("t", 0, 0, 9).tensor("u", 0, 32, 1).data(64),
            "\"u\" starts at byte 32 of the data, inside the one before"));
  }

  private static GgufBytes key(int type) {
    return GgufBytes.of(0, 1).text("k").ints(type);
  }

  private static GgufBytes alignment(int type, int value) {
    return GgufBytes.of(0, 1).text("general.alignment").ints(type, value);
  }

  private static GgufBytes one(int type, long offset, long... shape) {
    return GgufBytes.of(1, 0).tensor("t", type, offset, shape).data(32);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aBrokenFileIsRefused(GgufBytes bytes, String expected) throws Exception {
    var message = error(bytes);
    assertTrue(message.contains(expected), message);
    assertTrue(message.contains("x.gguf"), message);
  }

  @Test
  void aLongKeyIsRefusedBeforeItIsRead() throws Exception {
    var path = GgufBytes.of(0, 1).longs(65536).write(folder.resolve("long.gguf"));
    try (var sparse = FileChannel.open(path, StandardOpenOption.WRITE)) {
      sparse.write(ByteBuffer.wrap(new byte[1]), 1 << 20);
    }
    var message = error(() -> GgufFile.open(path));
    assertTrue(message.contains("key 0 has 65536 bytes; at most 65535 are allowed"), message);
  }

  @Test
  void aHeaderOfGigabytesIsRefusedBeforeItIsRead() throws Exception {
    var path =
        GgufBytes.of(0, 1)
            .text("k")
            .ints(GgufValue.STRING)
            .longs(3L << 30)
            .write(folder.resolve("huge.gguf"));
    try (var sparse = FileChannel.open(path, StandardOpenOption.WRITE)) {
      sparse.write(ByteBuffer.wrap(new byte[1]), 4L << 30);
    }
    var message = error(() -> GgufFile.open(path));
    assertTrue(message.contains("the header goes on above 134217728 bytes"), message);
  }

  @Test
  void aTensorAboveTwoGibibytesIsMapped() throws Exception {
    long length = 3L << 30;
    var path =
        GgufBytes.of(1, 0)
            .tensor("t", GgufType.I8.code(), 0, length)
            .data(0)
            .write(folder.resolve("large.gguf"));
    try (var sparse = FileChannel.open(path, StandardOpenOption.WRITE)) {
      sparse.write(ByteBuffer.wrap(new byte[] {42}), sparse.size() + length - 1);
    }
    try (var file = GgufFile.open(path)) {
      assertEquals(42, file.entry("t").data().get(ValueLayout.JAVA_BYTE, length - 1));
    }
  }

  @Test
  void aFileThatIsNoneIsRefused() throws Exception {
    var gone = error(() -> GgufFile.open(folder.resolve("gone")));
    assertTrue(gone.contains("there is no such file"), gone);
    var folders = error(() -> GgufFile.open(folder));
    assertTrue(folders.contains("this is a folder and not a GGUF file"), folders);
  }

  @Test
  void everyCutOfAGoodFileIsRefused() throws Exception {
    var whole = Files.readAllBytes(golden());
    var path = folder.resolve("cut.gguf");
    int last = whole.length - 32; // behind the last tensor there may be padding
    for (int length = 0; length < last; length += length < 3000 ? 1 : 97) {
      Files.write(path, Arrays.copyOf(whole, length));
      var message = error(() -> GgufFile.open(path));
      assertTrue(message.contains("cut.gguf"), message);
    }
  }
}
