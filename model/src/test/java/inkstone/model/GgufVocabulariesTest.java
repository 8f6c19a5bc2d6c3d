package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inkstone.tensor.GgufFile;
import inkstone.text.GgufVocabulary;
import inkstone.text.Llama2cVocabulary;
import inkstone.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Beside the vocabularies that llama.cpp's own converter wrote. */
class GgufVocabulariesTest {

  private static Path reference(String name) {
    var path = Path.of(System.getProperty("inkstone.data", "none")).resolve(name);
    assumeTrue(Files.exists(path), "reference data is not here: " + path);
    return path;
  }

  private static void same(Map<String, Object> ours, Map<String, Object> theirs, String... keys) {
    for (var key : keys) {
      assertEquals(theirs.get("tokenizer.ggml." + key), ours.get("tokenizer.ggml." + key), key);
    }
  }

  @Test
  void everyFileIsRead() throws IOException {
    try (var files = Files.list(reference("gguf-vocabs"))) {
      var found = files.filter(GgufModel::isGguf).toList();
      assertTrue(found.size() > 5, found.toString());
      for (var path : found) {
        try (var file = GgufFile.open(path)) {
          var tokens = (List<?>) file.metadata().get("tokenizer.ggml.tokens");
          assertTrue(tokens != null && tokens.size() > 1000, path.toString());
        }
      }
    }
  }

  @Test
  void gpt2IsWrittenAsLlamaCppWritesIt() {
    try (var file = GgufFile.open(reference("gguf-vocabs/ggml-vocab-gpt-2.gguf"))) {
      var tokenizer = Tokenizer.open(reference("tokenizer-gpt2"));
      var ours = GgufVocabulary.of(tokenizer, 50257);
      same(
          ours,
          file.metadata(),
          "model",
          "pre",
          "tokens",
          "merges",
          "bos_token_id",
          "eos_token_id");
    }
  }

  @Test
  void llama2IsReadAsLlamaCppReadsIt() {
    try (var file = GgufFile.open(reference("gguf-vocabs/ggml-vocab-llama-spm.gguf"))) {
      var ours = Llama2cVocabulary.read(reference("tokenizer-llama2/tokenizer.bin"));
      same(
          ours,
          file.metadata(),
          "model",
          "tokens",
          "scores",
          "token_type",
          "bos_token_id",
          "eos_token_id",
          "unknown_token_id");
    }
  }
}
