package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The published text of a real file is held in the room generate, StoriesTest. */
class Llama2cModelTest {

  @TempDir Path folder;

  /** width 4, inner 6, 2 layers, 2 heads, 1 key head, 5 tokens, context 3; weights count up. */
  private static byte[] file(int vocabulary) {
    int rows = Math.abs(vocabulary);
    int layer = 4 + 16 + 8 + 8 + 16 + 4 + 24 + 24 + 24;
    int count = rows * 4 + 2 * layer + 4 + 3 * 2 + (vocabulary < 0 ? rows * 4 : 0);
    var out = ByteBuffer.allocate(28 + 4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int size : new int[] {4, 6, 2, 2, 1, vocabulary, 3}) {
      out.putInt(size);
    }
    for (int i = 0; i < count; i++) {
      out.putFloat(i);
    }
    return out.array();
  }

  private Decoder open(byte[] content) throws IOException {
    return Llama2cModel.open(Files.write(folder.resolve("m.bin"), content));
  }

  private static float[] range(int from, int count) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = from + i;
    }
    return values;
  }

  @Test
  void everyWeightIsWhereTheFileHasIt() throws IOException {
    long before = Tensor.live();
    try (var decoder = open(file(5))) {
      assertTrue(decoder.config().tied());
      assertEquals(2, decoder.config().layers());
      assertEquals(1, decoder.config().keyValueHeads());
      assertEquals(6, decoder.config().hidden());
      assertEquals(3, decoder.config().context());
      var weights = decoder.parameters();
      assertArrayEquals(range(0, 20), weights.get("model.embed_tokens.weight").toFloats());
      assertArrayEquals(
          range(24, 4), weights.get("model.layers.1.input_layernorm.weight").toFloats());
      // 28: queries of layer 0, 44: of layer 1; 60 and 68: keys; 76 and 84: values. Two numbers in
      // a head are their own halves and neighbours.
      var joined = weights.get("model.layers.1.self_attn.qkv_proj.weight").toFloats();
      assertArrayEquals(range(44, 16), Arrays.copyOfRange(joined, 0, 16));
      assertArrayEquals(range(68, 8), Arrays.copyOfRange(joined, 16, 24));
      assertArrayEquals(range(84, 8), Arrays.copyOfRange(joined, 24, 32));
      assertArrayEquals(
          range(108, 16), weights.get("model.layers.1.self_attn.o_proj.weight").toFloats());
      assertArrayEquals(
          range(124, 4), weights.get("model.layers.0.post_attention_layernorm.weight").toFloats());
      var gateUp = weights.get("model.layers.0.mlp.gate_up_proj.weight").toFloats();
      assertArrayEquals(range(132, 24), Arrays.copyOfRange(gateUp, 0, 24));
      assertArrayEquals(range(228, 24), Arrays.copyOfRange(gateUp, 24, 48));
      assertArrayEquals(
          range(180, 24), weights.get("model.layers.0.mlp.down_proj.weight").toFloats());
      assertArrayEquals(range(276, 4), weights.get("model.norm.weight").toFloats());
    }
    assertEquals(before, Tensor.live());
  }

  @Test
  void aNegativeVocabularyMeansAHeadOfItsOwnBehindTheAngles() throws IOException {
    try (var decoder = open(file(-5))) {
      assertFalse(decoder.config().tied());
      assertArrayEquals(range(286, 20), decoder.parameters().get("lm_head.weight").toFloats());
    }
  }

  @Test
  void whatIsNoSuchFileIsRefused() throws IOException {
    var whole = file(5);
    assertTrue(refused(Arrays.copyOf(whole, 27)).contains("27 bytes are too few"));
    assertTrue(refused(Arrays.copyOf(whole, whole.length - 1)).contains("it was cut"));
    assertTrue(refused(Arrays.copyOf(whole, whole.length + 4)).contains("it has 1"));
    for (int at = 0; at < 7; at++) {
      for (int size : new int[] {0, -1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        var changed = whole.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(4 * at, size);
        boolean same = at == 6 && size == 3;
        if (!same) {
          assertTrue(refused(changed).contains("is not a model of llama2.c"), at + " " + size);
        }
      }
    }
    var gone = folder.resolve("gone.bin");
    var message = assertThrows(ModelException.class, () -> Llama2cModel.open(gone)).getMessage();
    assertTrue(String.valueOf(message).contains("there is no such file"), message);
  }

  private String refused(byte[] content) {
    var message = assertThrows(ModelException.class, () -> open(content)).getMessage();
    assertTrue(String.valueOf(message).contains("m.bin"), message);
    return String.valueOf(message);
  }
}
