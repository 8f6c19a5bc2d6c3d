package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.SafetensorsWriter.Spec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {

  @TempDir Path folder;
  private Path target = Path.of("");
  private Path partial = Path.of("");

  @BeforeEach
  void names() {
    target = folder.resolve("t.safetensors");
    partial = folder.resolve("t.safetensors.partial");
  }

  private static MemorySegment bytes(int... values) {
    var bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return MemorySegment.ofArray(bytes);
  }

  private static Spec spec(String name, DType dtype, Long... shape) {
    return new Spec(name, dtype, List.of(shape));
  }

  private static String error(Runnable action) {
    return SafetensorsFileTest.error(action::run);
  }

  @Test
  void writesTheVeryBytesThatPythonWrites() throws Exception {
    var golden = SafetensorsFileTest.golden();
    try (var file = SafetensorsFile.open(golden)) {
      var specs = new ArrayList<Spec>();
      for (var name : file.names()) {
        specs.add(new Spec(name, file.entry(name).dtype(), file.entry(name).shape()));
      }
      try (var writer = SafetensorsWriter.create(target, file.metadata(), specs)) {
        file.names().forEach(name -> writer.write(name, file.entry(name).data()));
        writer.commit();
      }
    }
    assertArrayEquals(Files.readAllBytes(golden), Files.readAllBytes(target));
    assertFalse(Files.exists(partial));
  }

  @Test
  void whatIsWrittenIsReadBack() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      var specs = new ArrayList<Spec>();
      var contents = new ArrayList<byte[]>();
      for (int t = random.nextInt(5); t >= 0; t--) {
        var dtype = DType.values()[random.nextInt(DType.values().length)];
        var shape = new ArrayList<Long>();
        int elements = 1;
        for (int d = random.nextInt(4); d > 0; d--) {
          shape.add((long) random.nextInt(1, 5));
          elements *= shape.getLast().intValue();
        }
        var content = new byte[elements * dtype.bytes()];
        random.nextBytes(content);
        contents.add(content);
        if (!shape.isEmpty() && random.nextBoolean()) {
          shape.set(0, SafetensorsWriter.UNKNOWN);
        }
        specs.add(new Spec("tensor \"" + t, dtype, shape));
      }
      try (var writer = SafetensorsWriter.create(target, Map.of("seed", "" + seed), specs)) {
        for (int t = 0; t < specs.size(); t++) {
          var whole = MemorySegment.ofArray(contents.get(t));
          var cut = random.nextLong(whole.byteSize() + 1);
          writer.write(specs.get(t).name(), whole.asSlice(0, cut));
          writer.write(specs.get(t).name(), whole.asSlice(cut));
        }
        writer.commit();
      }
      try (var file = SafetensorsFile.open(target)) {
        assertEquals("" + seed, file.metadata().get("seed"));
        assertEquals(specs.stream().map(Spec::name).toList(), file.names(), "seed " + seed);
        for (int t = 0; t < specs.size(); t++) {
          var entry = file.entry(specs.get(t).name());
          assertEquals(specs.get(t).dtype(), entry.dtype());
          var tail = specs.get(t).shape();
          assertEquals(tail.size(), entry.shape().size());
          assertArrayEquals(
              contents.get(t), entry.data().toArray(ValueLayout.JAVA_BYTE), "seed " + seed);
        }
      }
    }
  }

  @Test
  void aSizeKnownOnlyAtTheEndIsFoundAndTheDataStartsAligned() throws Exception {
    var specs =
        List.of(
            spec("tokens", DType.UINT16, SafetensorsWriter.UNKNOWN),
            spec("pairs", DType.INT32, SafetensorsWriter.UNKNOWN, 2L));
    try (var writer = SafetensorsWriter.create(target, Map.of(), specs)) {
      for (int i = 0; i < 3; i++) {
        writer.write("tokens", bytes(i, 0));
      }
      writer.write("pairs", MemorySegment.ofArray(new byte[16]));
      writer.commit();
    }
    var all = MemorySegment.ofArray(Files.readAllBytes(target));
    assertEquals(0, all.get(ValueLayout.JAVA_LONG_UNALIGNED, 0) % 8);
    try (var file = SafetensorsFile.open(target)) {
      assertEquals(List.of(3L), file.entry("tokens").shape());
      assertEquals(List.of(2L, 2L), file.entry("pairs").shape());
      assertEquals(2, file.entry("tokens").data().get(ValueLayout.JAVA_BYTE, 4));
    }
  }

  @Test
  void tensorsThatHoldNothingMayBeLeftOut() {
    var specs =
        List.of(spec("a", DType.UINT8, SafetensorsWriter.UNKNOWN), spec("b", DType.UINT8, 0L, 3L));
    try (var writer = SafetensorsWriter.create(target, Map.of(), specs)) {
      writer.commit();
    }
    try (var file = SafetensorsFile.open(target)) {
      assertEquals(List.of(0L), file.entry("a").shape());
      assertEquals(List.of(0L, 3L), file.entry("b").shape());
    }
  }

  @Test
  void withoutACommitTheOldFileStays() throws Exception {
    Files.writeString(target, "old");
    try (var writer =
        SafetensorsWriter.create(target, Map.of(), List.of(spec("a", DType.UINT8, 1L)))) {
      writer.write("a", bytes(1));
      assertTrue(Files.exists(partial));
    }
    assertEquals("old", Files.readString(target));
    assertFalse(Files.exists(partial));
  }

  @Test
  void aFullDiskLeavesTheOldFileAndNoRubbish() throws Exception {
    Files.writeString(target, "old");
    var specs = List.of(spec("a", DType.UINT8, 3_000_000L));
    for (long room : new long[] {0, 1 << 20, 2_500_000, 3_000_050}) {
      var message =
          error(
              () -> {
                try (var writer =
                    SafetensorsWriter.create(
                        target, Map.of(), specs, path -> new SmallDisk(open(path), room))) {
                  writer.write("a", MemorySegment.ofArray(new byte[3_000_000]));
                  writer.commit();
                }
              });
      assertTrue(message.contains("No space left on device"), message);
      assertTrue(message.contains("t.safetensors"), message);
      assertTrue(message.contains("free some space"), message);
      assertEquals("old", Files.readString(target));
      assertFalse(Files.exists(partial));
    }
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  @Test
  void whatAKilledWriterLeftIsReplaced() throws Exception {
    Files.write(partial, new byte[1000]);
    try (var writer =
        SafetensorsWriter.create(target, Map.of(), List.of(spec("a", DType.UINT8, 1L)))) {
      writer.write("a", bytes(1));
      writer.commit();
    }
    SafetensorsFile.open(target).close();
    assertFalse(Files.exists(partial));
  }

  @Test
  void misuseIsRefusedAndLeavesNothing() {
    var specs = List.of(spec("a", DType.INT32, 1L), spec("b", DType.INT32, -1L));
    assertTrue(
        error(() -> SafetensorsWriter.create(target, Map.of(), List.of(specs.get(0), specs.get(0))))
            .contains("\"a\" is taken"));
    var reserved = List.of(spec("__metadata__", DType.UINT8, 1L));
    assertTrue(error(() -> SafetensorsWriter.create(target, Map.of(), reserved)).contains("taken"));
    assertTrue(error(() -> spec("a", DType.UINT8, 1L, -1L)).contains("shape cannot be [1, -1]"));
    assertTrue(error(() -> spec("a", DType.UINT8, -2L)).contains("shape cannot be [-2]"));
    assertTrue(error(() -> spec("a", DType.UINT8, -1L, 0L)).contains("no usable size"));
    assertTrue(error(() -> spec("a", DType.INT64, 1L << 32, 1L << 32)).contains("no usable size"));
    assertTrue(refused(specs, w -> w.write("c", bytes(1))).contains("do not make I32 [1]"));
    assertTrue(refused(specs, w -> w.write("a", bytes(1, 2, 3, 4, 5))).contains("5 bytes are too"));
    assertTrue(
        refused(
                specs,
                w -> {
                  w.write("a", bytes(1, 2, 3, 4));
                  w.write("b", bytes(1, 2, 3, 4));
                  w.write("a", bytes());
                })
            .contains("\"a\" is not a tensor that is still to come"));
    assertTrue(refused(specs, SafetensorsWriter::commit).contains("0 bytes do not make I32 [1]"));
    assertTrue(
        refused(
                specs,
                w -> {
                  w.write("a", bytes(1, 2, 3, 4));
                  w.write("b", bytes(1, 2));
                  w.commit();
                })
            .contains("2 bytes do not make I32 [-1]"));
  }

  private String refused(List<Spec> specs, java.util.function.Consumer<SafetensorsWriter> use) {
    try (var writer = SafetensorsWriter.create(target, Map.of(), specs)) {
      var message = error(() -> use.accept(writer));
      assertFalse(Files.exists(partial));
      assertFalse(Files.exists(target));
      assertTrue(error(writer::commit).contains("the writer is closed"));
      return message;
    }
  }

  @Test
  void twoWritersOfOneFileDoNotMix() {
    var specs = List.of(spec("a", DType.UINT8, 1L));
    try (var first = SafetensorsWriter.create(target, Map.of(), specs)) {
      assertTrue(
          error(() -> SafetensorsWriter.create(target, Map.of(), specs))
              .contains("being written by somebody else"));
      first.write("a", bytes(9));
      first.commit();
    }
    try (var file = SafetensorsFile.open(target)) {
      assertEquals(9, file.entry("a").data().get(ValueLayout.JAVA_BYTE, 0));
    }
  }

  @Test
  void aMissingFolderIsNamed() {
    var path = folder.resolve("no").resolve("t.safetensors");
    assertTrue(
        error(() -> SafetensorsWriter.create(path, Map.of(), List.of()))
            .contains("does the folder exist"));
  }
}
