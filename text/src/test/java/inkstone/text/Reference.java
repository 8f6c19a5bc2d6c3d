package inkstone.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reference files that lie outside the project; a test without them is skipped. */
final class Reference {

  private static final JsonMapper JSON = new JsonMapper();

  /** A text and the ids that the reference gives it. */
  record Encoding(String text, int[] ids) {}

  private static final Map<String, Tokenizer> OPENED = new ConcurrentHashMap<>();

  private Reference() {}

  /** A reference tokenizer, opened once for all tests. */
  static Tokenizer tokenizer(String name) {
    Path path = path(name);
    return OPENED.computeIfAbsent(name, n -> Tokenizer.open(path));
  }

  static Path path(String name) {
    Path path = Path.of(System.getProperty("inkstone.data", "../../shared/data")).resolve(name);
    Assumptions.assumeTrue(Files.exists(path), "reference data is not here: " + path);
    return path;
  }

  static String text(String name) {
    return read(path(name));
  }

  static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The reference encodings of one tokenizer of gguf-vocabs. */
  static List<Encoding> encodings(String tokenizer) {
    var encodings = new ArrayList<Encoding>();
    for (String line : text("gguf-vocabs/reference-encodings.jsonl").lines().toList()) {
      JsonNode node = JSON.readTree(line);
      if (node.get("tokenizer").asString().equals(tokenizer)) {
        encodings.add(encoding(node));
      }
    }
    return encodings;
  }

  /** Encodings that were made once with Hugging Face tokenizers, from this test's resources. */
  static List<Encoding> fixture(String name) {
    try (var in = Reference.class.getResourceAsStream(name)) {
      var encodings = new ArrayList<Encoding>();
      for (JsonNode node : JSON.readTree(in)) {
        encodings.add(encoding(node));
      }
      return encodings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Encoding encoding(JsonNode node) {
    int[] ids = node.get("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
    return new Encoding(node.get("text").asString(), ids);
  }
}
