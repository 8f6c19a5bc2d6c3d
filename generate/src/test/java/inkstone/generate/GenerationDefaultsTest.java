package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerationDefaultsTest {

  @TempDir Path directory;

  private void write(String name, String json) throws IOException {
    Files.writeString(directory.resolve(name), json);
  }

  @Test
  void withoutFilesThereAreNoTokensAndTheUsualSampling() {
    assertEquals(
        new GenerationDefaults(OptionalInt.empty(), List.of(), new Sampling(0.8, 0, 1, 0, 1)),
        GenerationDefaults.read(directory));
  }

  @Test
  void readsEverythingThatGenerationConfigSays() throws IOException {
    write(
        "generation_config.json",
        """
        {"bos_token_id": 1, "eos_token_id": [2, 5], "do_sample": true, "temperature": 0.6,
         "top_k": 20, "top_p": 0.9, "min_p": 0.1, "repetition_penalty": 1.2}
        """);
    write("config.json", "{\"bos_token_id\": 8, \"eos_token_id\": 9}");
    write("tokenizer_config.json", "{\"add_bos_token\": true}");
    assertEquals(
        new GenerationDefaults(
            OptionalInt.of(1), List.of(2, 5), new Sampling(0.6, 20, 0.9, 0.1, 1.2)),
        GenerationDefaults.read(directory));
  }

  @Test
  void fallsBackToConfigForTheTokens() throws IOException {
    write("config.json", "{\"bos_token_id\": 8, \"eos_token_id\": 9}");
    write("tokenizer_config.json", "{\"add_bos_token\": true}");
    assertEquals(
        GenerationDefaults.documents(8).begin(), GenerationDefaults.read(directory).begin());
    assertEquals(List.of(9), GenerationDefaults.read(directory).end());
    write("generation_config.json", "{\"bos_token_id\": null, \"eos_token_id\": 3}");
    assertEquals(OptionalInt.of(8), GenerationDefaults.read(directory).begin());
    assertEquals(List.of(3), GenerationDefaults.read(directory).end());
  }

  @Test
  void theTokenizerDecidesOnTheFirstToken() throws IOException {
    write("generation_config.json", "{\"bos_token_id\": 1}");
    assertEquals(OptionalInt.empty(), GenerationDefaults.read(directory).begin());
    write("tokenizer_config.json", "{\"add_bos_token\": false}");
    assertEquals(OptionalInt.empty(), GenerationDefaults.read(directory).begin());
    write("tokenizer_config.json", "{\"add_bos_token\": true}");
    assertEquals(OptionalInt.of(1), GenerationDefaults.read(directory).begin());
  }

  @Test
  void withoutSamplingTheChoiceIsGreedy() throws IOException {
    write("generation_config.json", "{\"do_sample\": false, \"temperature\": 0.6}");
    assertEquals(Sampling.GREEDY, GenerationDefaults.read(directory).sampling());
  }

  @Test
  void documentsBeginAndEndAlike() {
    assertEquals(
        new GenerationDefaults(OptionalInt.of(4), List.of(4), GenerationDefaults.SAMPLING),
        GenerationDefaults.documents(4));
  }

  @Test
  void whatCannotBeUsedIsToldWithFileAndKey() throws IOException {
    refused("{", "not JSON");
    refused("{\"bos_token_id\": \"x\"}", "bos_token_id must be a token id");
    refused("{\"bos_token_id\": -1}", "bos_token_id must be a token id");
    refused("{\"eos_token_id\": [1, 2.5]}", "eos_token_id must be a token id");
    refused("{\"eos_token_id\": 99999999999}", "eos_token_id must be a token id");
    refused("{\"do_sample\": 1}", "do_sample must be true or false");
    refused("{\"temperature\": \"hot\"}", "temperature must be a number, but is \"hot\"");
    refused("{\"temperature\": -1}", "temperature -1.0 is out of range");
  }

  private void refused(String json, String message) throws IOException {
    write("generation_config.json", json);
    var e = assertThrows(ModelException.class, () -> GenerationDefaults.read(directory));
    assertTrue(String.valueOf(e.getMessage()).contains(message), e.getMessage());
    assertTrue(String.valueOf(e.getMessage()).contains("generation_config.json"), e.getMessage());
  }
}
