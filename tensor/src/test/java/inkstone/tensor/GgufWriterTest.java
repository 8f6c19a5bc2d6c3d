package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.GgufWriter.Spec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {

  @TempDir Path folder;
  private Path target = Path.of("");
  private Path partial = Path.of("");

  @BeforeEach
  void names() {
    target = folder.resolve("t.gguf");
    partial = folder.resolve("t.gguf.partial");
  }

  private static MemorySegment bytes(int count) {
    return MemorySegment.ofArray(new byte[count]);
  }

  private static Spec spec(String name, GgufType type, Long... shape) {
    return new Spec(name, type, List.of(shape));
  }

  private static String error(Runnable action) {
    return GgufFileTest.error(action::run);
  }

  @Test
  void metadataAndTensorsAreReadBack() throws Exception {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("flag", true);
    metadata.put("text", "墨\0");
    metadata.put("float", 0.1f);
    metadata.put("double", 0.1);
    metadata.put("int", -7);
    metadata.put("uint32", 4_294_967_295L);
    metadata.put("int64", 4_294_967_296L);
    metadata.put("negative", -1L);
    metadata.put("uint64", new BigInteger("18446744073709551615"));
    metadata.put("texts", List.of("a", ""));
    metadata.put("floats", List.of(1f, -2f));
    metadata.put("ints", List.of(1, -1));
    metadata.put("longs", List.of(1L, -1L, 1L << 40));
    metadata.put("none", List.of());
    metadata.put("nested", List.of(List.of(true), List.of("x")));
    var half = spec("half", GgufType.F16, 2L, 3L);
    var quantised = spec("quantised", GgufType.Q8_0, 3L, 64L);
    var content = new byte[204];
    new java.util.Random(3).nextBytes(content);
    try (var writer =
        GgufWriter.create(
            target, metadata, List.of(half, spec("no", GgufType.F32, 0L), quantised))) {
      writer.write("half", MemorySegment.ofArray(content).asSlice(0, 5));
      writer.write("half", MemorySegment.ofArray(content).asSlice(5, 7));
      writer.write("quantised", MemorySegment.ofArray(content));
      writer.commit();
    }
    assertFalse(Files.exists(partial));
    try (var file = GgufFile.open(target)) {
      assertEquals(3, file.version());
      assertEquals(metadata, file.metadata());
      assertEquals(List.copyOf(metadata.keySet()), List.copyOf(file.metadata().keySet()));
      assertEquals(List.of(2L, 3L), file.entry("half").shape());
      assertEquals(GgufType.Q8_0, file.entry("quantised").type());
      assertEquals(List.of(0L), file.entry("no").shape());
      assertArrayEquals(
          java.util.Arrays.copyOf(content, 12),
          file.entry("half").data().toArray(ValueLayout.JAVA_BYTE));
      assertArrayEquals(content, file.entry("quantised").data().toArray(ValueLayout.JAVA_BYTE));
      assertEquals(
          0, (file.entry("quantised").data().address() - file.entry("half").data().address()) % 32);
    }
  }

  @Test
  void whatPythonWroteIsWrittenAgain() throws Exception {
    var golden = GgufFileTest.golden();
    try (var file = GgufFile.open(golden)) {
      var specs =
          file.names().stream()
              .map(name -> new Spec(name, file.entry(name).type(), file.entry(name).shape()))
              .toList();
      try (var writer = GgufWriter.create(target, file.metadata(), specs)) {
        file.names().forEach(name -> writer.write(name, file.entry(name).data()));
        writer.commit();
      }
      try (var again = GgufFile.open(target)) {
        assertEquals(file.metadata(), again.metadata());
        for (var name : file.names()) {
          assertEquals(file.entry(name).shape(), again.entry(name).shape());
          assertEquals(-1, file.entry(name).data().mismatch(again.entry(name).data()), name);
        }
      }
    }
  }

  @Test
  void withoutACommitOrOnAFullDiskTheOldFileStays() throws Exception {
    Files.writeString(target, "old");
    var specs = List.of(spec("a", GgufType.I8, 3_000_000L));
    try (var writer = GgufWriter.create(target, Map.of(), specs)) {
      writer.write("a", bytes(1));
      assertTrue(Files.exists(partial));
    }
    for (long room : new long[] {0, 20, 1 << 20, 2_500_000}) {
      var message = error(() -> fill(specs, room));
      assertTrue(message.contains("No space left on device"), message);
      assertTrue(message.contains("t.gguf"), message);
    }
    assertEquals("old", Files.readString(target));
    assertFalse(Files.exists(partial));
  }

  private void fill(List<Spec> specs, long room) {
    try (var writer =
        GgufWriter.create(target, Map.of(), specs, path -> new SmallDisk(usual(path), room))) {
      writer.write("a", bytes(3_000_000));
      writer.commit();
    }
  }

  private static java.nio.channels.FileChannel usual(Path path) throws IOException {
    return SafeFile.Opener.USUAL.open(path);
  }

  @Test
  void misuseIsRefusedAndLeavesNothing() {
    var specs = List.of(spec("a", GgufType.F32, 1L), spec("b", GgufType.F32, 1L));
    var twice = List.of(specs.get(0), specs.get(0));
    assertTrue(error(() -> GgufWriter.create(target, Map.of(), twice)).contains("\"a\" is taken"));
    assertTrue(error(() -> spec("a", GgufType.Q4_0, 31L)).contains("rows are multiples of 32"));
    assertTrue(
        error(() -> spec("a", GgufType.F32, 1L, 1L, 1L, 1L, 1L)).contains("[1, 1, 1, 1, 1]"));
    Map<String, Object> alignment = Map.of("general.alignment", 64L);
    assertTrue(
        error(() -> GgufWriter.create(target, alignment, specs)).contains("chosen by the writer"));
    Map<String, Object> wrong = Map.of("k", new StringBuilder());
    assertTrue(
        error(() -> GgufWriter.create(target, wrong, specs)).contains("\"k\" is of class java"));
    Map<String, Object> mixed = Map.of("k", List.of(1, "a"));
    assertTrue(error(() -> GgufWriter.create(target, mixed, specs)).contains("different types"));
    assertTrue(refused(specs, w -> w.write("c", bytes(1))).contains("0 bytes do not make F32 [1]"));
    assertTrue(refused(specs, w -> w.write("a", bytes(5))).contains("5 bytes are too many, 4"));
    assertTrue(
        refused(
                specs,
                w -> {
                  w.write("a", bytes(4));
                  w.write("b", bytes(4));
                  w.write("a", bytes(0));
                })
            .contains("\"a\" is not a tensor that is still to come"));
    assertTrue(refused(specs, GgufWriter::commit).contains("0 bytes do not make F32 [1]"));
  }

  private String refused(List<Spec> specs, Consumer<GgufWriter> use) {
    try (var writer = GgufWriter.create(target, Map.of(), specs)) {
      var message = error(() -> use.accept(writer));
      assertFalse(Files.exists(partial));
      assertFalse(Files.exists(target));
      assertTrue(error(writer::commit).contains("the writer is closed"));
      return message;
    }
  }
}
