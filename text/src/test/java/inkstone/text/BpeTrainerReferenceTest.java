package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The trainer finds the merges of the reference (Stanford CS336, assignment 1). */
class BpeTrainerReferenceTest {

  @TempDir Path directory;

  @Test
  void mergesAndVocabularyAreThoseOfTheReference() throws Exception {
    String corpus = Reference.text("bpe-training-reference/corpus.en");
    List<String> expected =
        Reference.text("bpe-training-reference/train-bpe-reference-merges.txt").lines().toList();
    BpeTrainer.of(500).train(List.of(corpus)).save(directory);
    JsonNode model =
        new JsonMapper()
            .readTree(Files.readAllBytes(directory.resolve("tokenizer.json")))
            .get("model");
    var merges = new ArrayList<String>();
    model.get("merges").forEach(merge -> merges.add(merge.asString()));
    assertEquals(expected, merges);

    JsonNode vocabulary =
        new JsonMapper()
            .readTree(Reference.text("bpe-training-reference/train-bpe-reference-vocab.json"));
    assertEquals(
        new HashSet<>(vocabulary.propertyNames()),
        new HashSet<>(model.get("vocab").propertyNames()));
  }
}
