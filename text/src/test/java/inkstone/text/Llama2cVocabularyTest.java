package inkstone.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Llama2cVocabularyTest {

  @TempDir Path folder;

  private static byte[] file(int own) {
    var out = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    out.putInt(7);
    for (int id = 0; id < 259 + own; id++) {
      var text =
          switch (id) {
            case 0 -> "<unk>";
            case 1 -> "\n<s>\n";
            case 2 -> "\n</s>\n";
            default -> id < 259 ? "<0x%02X>".formatted(id - 3) : " 墨" + id;
          };
      out.putFloat(-id).putInt(text.getBytes(UTF_8).length).put(text.getBytes(UTF_8));
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private String refused(byte[] content) throws IOException {
    var path = Files.write(folder.resolve("tok.bin"), content);
    var message =
        assertThrows(TokenizerException.class, () -> Llama2cVocabulary.read(path)).getMessage();
    assertTrue(String.valueOf(message).contains("tok.bin"), message);
    return String.valueOf(message);
  }

  @Test
  void readsTokensScoresAndKinds() throws IOException {
    var path = Files.write(folder.resolve("tok.bin"), file(2));
    var metadata = Llama2cVocabulary.read(path);
    assertEquals("llama", metadata.get("tokenizer.ggml.model"));
    var tokens = (List<?>) metadata.getOrDefault("tokenizer.ggml.tokens", List.of());
    assertEquals(261, tokens.size());
    assertEquals(List.of("<unk>", "<s>", "</s>", "<0x00>"), tokens.subList(0, 4));
    assertEquals(List.of("<0xFF>", "\u2581墨259", "\u2581墨260"), tokens.subList(258, 261));
    var types = (List<?>) metadata.getOrDefault("tokenizer.ggml.token_type", List.of());
    assertEquals(List.of(2, 3, 3, 6), types.subList(0, 4));
    assertEquals(List.of(6, 1, 1), types.subList(258, 261));
    var scores = (List<?>) metadata.getOrDefault("tokenizer.ggml.scores", List.of());
    assertEquals(-260f, scores.get(260));
    assertEquals(1L, metadata.get("tokenizer.ggml.bos_token_id"));
    assertEquals(2L, metadata.get("tokenizer.ggml.eos_token_id"));
    assertEquals(1L, metadata.get("tokenizer.ggml.eot_token_id"));
    assertEquals(true, metadata.get("tokenizer.ggml.add_bos_token"));
  }

  @Test
  void aCutOrForeignFileIsRefused() throws IOException {
    var whole = file(1);
    for (int cut : new int[] {1, 4, 8, 11}) {
      assertTrue(refused(Arrays.copyOf(whole, whole.length - cut)).contains("token 259 is cut"));
    }
    assertTrue(refused(new byte[0]).contains("0 tokens are too few"));
    assertTrue(refused(file(0)).contains("259 tokens are too few"));
    var negative = whole.clone();
    Arrays.fill(negative, 8, 12, (byte) 0xFF);
    assertTrue(refused(negative).contains("token 0 is cut"));
    var broken = whole.clone();
    broken[broken.length - 4] = (byte) 0xFF;
    assertTrue(refused(broken).contains("token 259 is not UTF-8"));
    var gone = folder.resolve("gone.bin");
    var message =
        assertThrows(TokenizerException.class, () -> Llama2cVocabulary.read(gone)).getMessage();
    assertTrue(String.valueOf(message).contains("gone.bin: cannot be read"), message);
  }
}
