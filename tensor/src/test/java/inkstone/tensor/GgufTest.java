package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against python.gguf, which the package gguf wrote (bench/fixtures/gguf_fixtures.py). */
class GgufTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"
      })
  void unpacksToTheVeryBitsOfTheReference(String type) throws Exception {
    try (var file = GgufFile.open(GgufFileTest.golden());
        var scope = Scope.open()) {
      assertEquals(GgufType.valueOf(type), file.entry(type).type());
      assertArrayEquals(bits(file, type + ".values"), bits(file, type));
      assertEquals(3, Gguf.read(file, type).size(0));
    }
  }

  /** Exact comparison: -0.0 and 0.0 are two things. */
  private static int[] bits(GgufFile file, String name) {
    var floats = Gguf.read(file, name).toFloats();
    var bits = new int[floats.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(floats[i]);
    }
    return bits;
  }

  @ParameterizedTest
  @ValueSource(strings = {"Q8_0", "Q4_0", "F16"})
  void packsToTheVeryBytesOfTheReference(String type) throws Exception {
    try (var file = GgufFile.open(GgufFileTest.golden());
        var scope = Scope.open()) {
      var path = folder.resolve("packed.gguf");
      var input = Gguf.read(file, "input");
      var spec = Gguf.spec("w", GgufType.valueOf(type), input);
      Gguf.write(path, Map.of(), List.of(spec), Map.of("w", input));
      try (var written = GgufFile.open(path)) {
        assertArrayEquals(
            file.entry("input." + type).data().toArray(ValueLayout.JAVA_BYTE),
            written.entry("w").data().toArray(ValueLayout.JAVA_BYTE));
      }
    }
  }

  /** Larger than what is packed and unpacked at once, and no multiple of it. */
  @ParameterizedTest
  @EnumSource(
      value = GgufType.class,
      names = {"F32", "F16", "Q8_0", "Q4_0"})
  void largeTensorsComeBackAsNearAsTheTypeAllows(GgufType type) {
    try (var scope = Scope.open()) {
      Random.seed(11);
      var input = Random.normal(0, 1, 1100, 1056);
      var path = folder.resolve("large.gguf");
      Gguf.write(path, Map.of(), List.of(Gguf.spec("w", type, input)), Map.of("w", input));
      float[] back;
      try (var file = GgufFile.open(path)) {
        back = Gguf.read(file, "w").toFloats();
      }
      double limit =
          switch (type) {
            case F32 -> 0;
            case F16 -> 0x1p-11;
            case Q8_0 -> 0.5 / 127 + 0x1p-11;
            default -> 1.0 / 8 + 0x1p-11; // the far end of the scale has no -8 to mirror it
          };
      var values = input.toFloats();
      for (int block = 0; block < values.length; block += 32) {
        float most = 0;
        for (int i = block; i < block + 32; i++) {
          most = Math.max(most, Math.abs(values[i]));
        }
        for (int i = block; i < block + 32; i++) {
          assertEquals(values[i], back[i], limit * most, type + " at " + i);
        }
      }
    }
  }

  @Test
  void aTypeThatCannotBeUnpackedOrPackedIsNamed() throws Exception {
    var path = folder.resolve("q2.gguf");
    var spec = new GgufWriter.Spec("w", GgufType.Q2_K, List.of(256L));
    try (var writer = GgufWriter.create(path, Map.of(), List.of(spec))) {
      writer.write("w", MemorySegment.ofArray(new byte[84]));
      writer.commit();
    }
    try (var file = GgufFile.open(path);
        var scope = Scope.open()) {
      var message = GgufFileTest.error(() -> Gguf.read(file, "w"));
      assertTrue(message.contains("\"w\" is stored as Q2_K; known are F32"), message);
      var zeros = Tensor.of(new float[256]);
      var refused =
          GgufFileTest.error(() -> Gguf.write(path, Map.of(), List.of(spec), Map.of("w", zeros)));
      assertTrue(refused.contains("Q2_K cannot be written"), refused);
      assertEquals(84, file.entry("w").data().byteSize());
    }
  }

  @Test
  void vectorsStayFloatsAndRowsThatDoNotDivideAreHalves() {
    try (var scope = Scope.open()) {
      assertEquals(GgufType.F32, Gguf.fitting(GgufType.Q8_0, Tensor.of(new float[64])));
      assertEquals(GgufType.Q8_0, Gguf.fitting(GgufType.Q8_0, Tensor.of(new float[64], 2, 32)));
      assertEquals(GgufType.F16, Gguf.fitting(GgufType.Q4_0, Tensor.of(new float[66], 2, 33)));
      assertEquals(GgufType.F32, Gguf.fitting(GgufType.F32, Tensor.of(new float[66], 2, 33)));
    }
  }

  @Test
  void readingAndWritingLeaveNothingBehind() throws Exception {
    long before = Tensor.live();
    try (var file = GgufFile.open(GgufFileTest.golden());
        var input = Gguf.read(file, "input")) {
      assertEquals(before + 1, Tensor.live());
      var spec = Gguf.spec("w", GgufType.Q8_0, input);
      Gguf.write(folder.resolve("w.gguf"), Map.of(), List.of(spec), Map.of("w", input));
      assertEquals(before + 1, Tensor.live());
    }
    assertEquals(before, Tensor.live());
  }

  @Test
  void blocksOfZerosAndOfTheSmallestNumbersAreZero() {
    try (var scope = Scope.open()) {
      var input = new float[64];
      java.util.Arrays.fill(input, 32, 64, Float.MIN_VALUE);
      var path = folder.resolve("zeros.gguf");
      for (var type : List.of(GgufType.Q8_0, GgufType.Q4_0)) {
        var tensor = Tensor.of(input, 2, 32);
        Gguf.write(path, Map.of(), List.of(Gguf.spec("w", type, tensor)), Map.of("w", tensor));
        try (var file = GgufFile.open(path)) {
          for (float value : Gguf.read(file, "w").toFloats()) {
            assertEquals(0, value, 0.0f);
          }
        }
      }
    }
  }
}
