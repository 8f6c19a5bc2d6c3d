package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Whatever a config.json says, it is a network or a clear error. */
class ConfigFuzzTest {

  private static final int INPUTS = 20_000;
  private static final JsonMapper JSON = new JsonMapper();

  private static final List<String> HOSTILE =
      List.of(
          "null",
          "true",
          "\"\"",
          "\"default\"",
          "0",
          "-1",
          "1",
          "3",
          "2147483647",
          "-2147483648",
          "2147483648",
          "9223372036854775807",
          "1e999",
          "-1e999",
          "1e-320",
          "0.5",
          "123456789012345678901234567890",
          "[]",
          "[1]",
          "[null, \"a\"]",
          "{}",
          "{\"rope_type\": \"yarn\"}",
          "{\"rope_type\": \"llama3\", \"factor\": 1e308}",
          "{\"rope_type\": \"longrope\", \"short_factor\": [0], \"long_factor\": [-1]}",
          "{\"full_attention\": {}, \"sliding_attention\": {\"rope_theta\": 0}}");

  private static List<ObjectNode> seeds() throws IOException {
    var seeds = new ArrayList<ObjectNode>();
    for (var folder : List.of("families", "models")) {
      try (var files = Files.walk(Path.of("src/test/resources", folder))) {
        for (var file : files.filter(f -> f.endsWith("config.json")).sorted().toList()) {
          seeds.add((ObjectNode) JSON.readTree(Files.readString(file)));
        }
      }
    }
    assertTrue(seeds.size() > 15, seeds.size() + " seeds");
    return seeds;
  }

  @Test
  void everythingIsReadOrRefused() throws IOException {
    var seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    var random = new Random(seed);
    var seeds = seeds();
    int[] read = {0};
    assertTimeoutPreemptively(
        Duration.ofMinutes(2),
        () -> {
          for (int i = 0; i < INPUTS; i++) {
            var json = seeds.get(random.nextInt(seeds.size())).deepCopy();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
              change(json, random);
            }
            var text = json.toString();
            try {
              assertNotNull(DecoderConfigs.read(json));
              read[0]++;
            } catch (ModelException e) {
              var message = String.valueOf(e.getMessage());
              assertTrue(message.length() > 10 && message.length() < 2_000, message + "\n" + text);
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
              fail("seed " + seed + ", input " + i + ": " + text, e);
            }
          }
        });
    System.out.printf("config.json: %d inputs, %d of them networks%n", INPUTS, read[0]);
    assertTrue(read[0] > INPUTS / 50 && read[0] < INPUTS * 9 / 10, read[0] + " were read");
  }

  private static void change(ObjectNode json, Random random) {
    var keys = new ArrayList<>(json.propertyNames());
    if (keys.isEmpty()) {
      return;
    }
    var key = keys.get(random.nextInt(keys.size()));
    if (json.get(key) instanceof ObjectNode part && random.nextInt(4) > 0) {
      change(part, random);
    } else if (random.nextInt(4) == 0) {
      json.remove(key);
    } else {
      JsonNode value = JSON.readTree(HOSTILE.get(random.nextInt(HOSTILE.size())));
      json.set(key, value);
    }
  }

  /** As a directory's config.json is read, before any weight is looked at. */
  private static final class DecoderConfigs {
    static DecoderConfig read(JsonNode json) {
      return Family.of(json, "config.json").format().read(new ConfigReader(json));
    }
  }
}
