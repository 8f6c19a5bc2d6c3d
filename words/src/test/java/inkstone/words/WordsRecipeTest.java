package inkstone.words;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.words.WordsRecipe.Model;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordsRecipeTest {

  private static String refusal(String... overrides) {
    return assertThrows(WordsException.class, () -> WordsRecipe.of(List.of(overrides)))
        .getMessage();
  }

  @Test
  void theCommentedRecipeIsTheDefaults() {
    var file = Path.of(System.getProperty("inkstone.root"), "recipes", "words.yaml");
    assertEquals(WordsRecipe.DEFAULTS, WordsRecipe.read(file, List.of()));
  }

  @Test
  void theChineseRecipeLoads() {
    var file = Path.of(System.getProperty("inkstone.root"), "recipes", "words-zh.yaml");
    assertEquals("chinese", WordsRecipe.read(file, List.of()).split());
  }

  @Test
  void aRecipeComesBackFromItsYaml(@TempDir Path folder) throws Exception {
    var recipe =
        WordsRecipe.of(
            List.of(
                "model.kind=cbow",
                "corpus=[a.txt, 'b c']",
                "split=chinese",
                "model.loss=hierarchical"));
    assertEquals(Model.Kind.CBOW, recipe.model().kind());
    assertEquals(List.of("a.txt", "b c"), recipe.corpus());
    var file = Files.writeString(folder.resolve("recipe.yaml"), recipe.yaml());
    assertEquals(recipe, WordsRecipe.read(file, List.of()));
  }

  @Test
  void theUsualRateHangsOnTheNetwork() {
    assertEquals(0.025, WordsRecipe.DEFAULTS.firstRate());
    assertEquals(0.05, WordsRecipe.of(List.of("model.kind=cbow")).firstRate());
    assertEquals(0.1, WordsRecipe.of(List.of("training.learning_rate=0.1")).firstRate());
  }

  @Test
  void refusalsNameTheKeyAndTheRemedy() {
    assertEquals(
        "--set: there is no key 'model.windw'; did you mean 'window'? Keys here: [kind, dimensions, window,"
            + " dynamic_window, loss, negatives, power, share_negatives]",
        refusal("model.windw=3"));
    assertEquals(
        "--set: model.kind must be one of skipgram, cbow, but is \"skip\"; did you mean 'skipgram'?",
        refusal("model.kind=skip"));
    assertEquals("recipe: model.window must be 1 to 500, but is 0", refusal("model.window=0"));
    assertEquals(
        "--set: training.epochs must be a whole number, but is 1.5",
        refusal("training.epochs=1.5"));
    assertEquals("--set x: write it as key=value", refusal("x"));
    assertTrue(refusal("model=3").contains("model must be a group of keys"));
    assertTrue(
        assertThrows(
                WordsException.class, () -> WordsRecipe.read(Path.of("absent.yaml"), List.of()))
            .getMessage()
            .endsWith("there is no such recipe"));
  }
}
