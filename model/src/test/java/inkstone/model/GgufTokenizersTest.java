package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inkstone.tensor.GgufFile;
import inkstone.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The vocabularies of real GGUF files give the ids that llama.cpp gives. Those of Llama 3 and Qwen
 * 2, whose files are not there, are tested from their {@code tokenizer.json} in {@code text}.
 */
class GgufTokenizersTest {

  private static final JsonMapper JSON = new JsonMapper();

  private static Path reference(String name) {
    var path = Path.of(System.getProperty("inkstone.data", "none")).resolve(name);
    assumeTrue(Files.exists(path), "reference data is not here: " + path);
    return path;
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert-bge", "deepseek-llm", "gpt-2", "llama-spm", "mpt", "phi-3"})
  void everyTextHasTheIdsOfLlamaCpp(String name) throws IOException {
    var lines = Files.readAllLines(reference("gguf-vocabs/reference-encodings.jsonl"));
    int checked = 0;
    try (var file = GgufFile.open(reference("gguf-vocabs/ggml-vocab-" + name + ".gguf"))) {
      var tokenizer = Tokenizer.ofGguf(file.metadata(), name);
      for (var line : lines) {
        var row = JSON.readTree(line);
        if (!row.get("tokenizer").asString().equals(name)) {
          continue;
        }
        int[] ids = row.get("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
        assertArrayEquals(ids, tokenizer.encode(row.get("text").asString()), row::toString);
        checked++;
      }
    }
    assertEquals(46, checked);
  }
}
