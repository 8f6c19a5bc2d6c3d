package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeFileTest {

  private static Recipe parse(String yaml, String... overrides) {
    return RecipeFile.parse("r.yaml", yaml, List.of(overrides));
  }

  private static String refused(String yaml, String... overrides) {
    var e = assertThrows(TrainingException.class, () -> parse(yaml, overrides));
    var message = String.valueOf(e.getMessage());
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  /** Those of networks; word vectors have a reader of their own. */
  static Stream<Path> shipped() throws IOException {
    return Files.list(Path.of(System.getProperty("inkstone.root", ".."), "recipes"))
        .filter(file -> !file.getFileName().toString().startsWith("words"))
        .sorted();
  }

  @ParameterizedTest
  @MethodSource("shipped")
  void everyShippedRecipeLoads(Path file) {
    if (TranslationRecipe.describes(file)) {
      var recipe = TranslationRecipe.read(file, List.of());
      assertEquals(
          recipe,
          RecipeFile.parse(
              "r.yaml",
              RecipeFile.write(recipe),
              List.of(),
              TranslationRecipe.DEFAULTS,
              TranslationRules::check));
      return;
    }
    if (EncoderRecipe.isOne(file)) {
      var recipe = EncoderRecipe.read(file, List.of());
      assertEquals(
          recipe,
          RecipeFile.parse(
              "r.yaml",
              RecipeFile.write(recipe),
              List.of(),
              EncoderRecipe.DEFAULTS,
              EncoderRules::check));
      return;
    }
    var recipe = Recipe.read(file);
    assertEquals(recipe, parse(RecipeFile.write(recipe)));
    assertNotNull(Networks.config(recipe, recipe.tokenizer().vocabulary()));
  }

  @Test
  void theShakespeareRecipeIsNanoGpts() {
    var root = Path.of(System.getProperty("inkstone.root", ".."));
    var recipe = Recipe.read(root.resolve("recipes/shakespeare-char-cpu.yaml"));
    assertEquals(
        new Recipe.Model(Recipe.Model.Family.gpt2, 4, 4, 0, 128, 0, 64, false, 0), recipe.model());
    assertEquals(
        new Recipe.Optimizer(Recipe.Optimizer.Kind.adamw, 1e-3, 0.9, 0.99, 1e-8, 0.1, 1, 0.95),
        recipe.optimizer());
    assertEquals(
        new Recipe.Schedule(Recipe.Schedule.Kind.cosine, 100, 0.2, 0.1), recipe.schedule());
    assertEquals(List.of(2000, 12), List.of(recipe.training().steps(), recipe.training().batch()));
    assertEquals(Recipe.Data.Split.tail, recipe.data().split());
    assertEquals(Recipe.Data.Order.random, recipe.data().order());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "# nothing\n", "---\n"})
  void nothingMeansTheDefaults(String yaml) {
    assertEquals(Recipe.DEFAULTS, parse(yaml));
  }

  @Test
  void whatIsLeftOutIsAsInTheDefaults() {
    var recipe = parse("model: {width: 64}\nseed: -3\n");
    var m = Recipe.DEFAULTS.model();
    assertEquals(
        new Recipe.Model(
            m.family(), m.layers(), m.heads(), 0, 64, 0, m.context(), m.bias(), m.dropout()),
        recipe.model());
    assertEquals(-3, recipe.seed());
    assertEquals(Recipe.DEFAULTS.training(), recipe.training());
    assertEquals(Recipe.DEFAULTS.corpus(), recipe.corpus());
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.001", "1e-3", "1.0E-3", "1E-3"})
  void numbersAreWrittenInAnyWay(String number) {
    assertEquals(
        0.001, parse("optimizer: {learning_rate: " + number + "}").optimizer().learningRate());
  }

  @Test
  void aWholeNumberIsANumber() {
    assertEquals(2.0, parse("optimizer: {clip: 2}").optimizer().clip());
    assertEquals(Long.MAX_VALUE, parse("seed: " + Long.MAX_VALUE).seed());
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    var corpus =
        List.of(
            "a b", "#x", "k: v", "墨.txt", "true", "12", "~", "null", "", " '\"\\", "- a", "x\ny");
    var d = Recipe.DEFAULTS;
    var odd =
        new Recipe(
            Long.MIN_VALUE,
            "cuda:1",
            corpus,
            new Recipe.Tokenizer(
                Recipe.Tokenizer.Kind.character, 300, Recipe.Tokenizer.Split.cl100k),
            new Recipe.Data(Recipe.Data.Split.tail, Recipe.Data.Order.random, 1L << 40, 7),
            new Recipe.Model(Recipe.Model.Family.gpt2, 3, 5, 5, 25, 9, 12, false, 1.0 / 3),
            new Recipe.Optimizer(
                Recipe.Optimizer.Kind.muon, 1e-300, 0.1, 0.123456789012345, 5e-8, 0, 0, 0.5),
            new Recipe.Schedule(Recipe.Schedule.Kind.constant, 0, 1, 1),
            new Recipe.Training(
                9,
                0.1,
                2,
                3,
                Recipe.Training.Compute.bf16,
                4,
                5,
                6,
                7,
                Double.MIN_VALUE,
                true,
                0.25,
                1e-4));
    assertEquals(odd, parse(RecipeFile.write(odd)));
    assertEquals(d, parse(RecipeFile.write(d)));
    assertTrue(RecipeFile.write(d).startsWith("seed: 1\n"), RecipeFile.write(d));
    assertTrue(RecipeFile.write(d).contains("\n  learning_rate: 0.001\n"), RecipeFile.write(d));
  }

  @Test
  void seededRecipesAreReadAgain() {
    long seed = Long.getLong("test.seed", 1);
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 50; i++) {
      var optimizer =
          new Recipe.Optimizer(
              i % 2 == 0 ? Recipe.Optimizer.Kind.adamw : Recipe.Optimizer.Kind.muon,
              random.nextDouble(1e-9, 1),
              random.nextDouble(),
              random.nextDouble(),
              random.nextDouble(1e-12, 1e-3),
              random.nextDouble(),
              random.nextDouble(10),
              random.nextDouble());
      var recipe = Recipe.DEFAULTS.with(optimizer).budget(random.nextLong(Long.MAX_VALUE));
      assertEquals(recipe, parse(RecipeFile.write(recipe)), "seed " + seed);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "modle: {}|modle|model",
        "model: {widht: 3}|model.widht|width",
        "model: {learning_rate: 3}|model.learning_rate|layers",
        "optimizer: {learningRate: 1}|optimizer.learningRate|learning_rate",
        "optimizer: {momentums: 1}|optimizer.momentums|momentum",
        "schedule: {warmup: 3}|schedule.warmup|warmup_steps",
        "training: {seconds_: 3}|training.seconds_|seconds",
        "data: {splt: tail}|data.splt|split",
        "tokenizer: {vocab: 300}|tokenizer.vocab|vocabulary",
      })
  void anUnknownKeyIsNamedWithTheNearest(String yaml, String key, String nearest) {
    var message = refused(yaml);
    assertTrue(
        message.startsWith("r.yaml: there is no key '" + key + "'; did you mean '"), message);
    if (!nearest.equals("layers")) {
      assertTrue(message.contains("did you mean '" + nearest + "'?"), message);
    }
    assertTrue(message.contains("Keys here: [") && message.contains(nearest), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed: one|seed must be a whole number, but is \"one\"",
        "seed: 1.5|seed must be a whole number, but is 1.5",
        "seed: 9223372036854775808|seed must be a whole number, but is 9223372036854775808",
        "seed:|seed must be a whole number, but is null",
        "model: {layers: 2147483648}|model.layers must be a whole number, but is 2147483648",
        "model: {layers: [2]}|model.layers must be a whole number, but is [2]",
        "model: {bias: 1}|model.bias must be true or false, but is 1",
        "model: {dropout: yes}|model.dropout must be a number, but is \"yes\"",
        "device: 3|device must be a text, but is 3",
        "corpus: a.txt|corpus must be a list of texts, but is \"a.txt\"",
        "corpus: [1]|corpus must be a list of texts, but is [1]",
        "model: 3|model must be a group of keys, but is 3",
        "model:|model must be a group of keys, but is null",
        "- 1|a recipe must be a group of keys, but is [1]",
        "hello|a recipe must be a group of keys, but is \"hello\"",
        "data: {order: 1}|data.order must be one of epoch, random, but is 1",
      })
  void aWrongTypeIsNamed(String yaml, String expected) {
    assertEquals("r.yaml: " + expected, refused(yaml));
  }

  @Test
  void aWrongChoiceIsNamedWithTheNearest() {
    assertEquals(
        "r.yaml: schedule.kind must be one of cosine, wsd, constant, inverse_sqrt, but is \"cosin\"; did"
            + " you mean 'cosine'?",
        refused("schedule: {kind: cosin}"));
    assertEquals(
        "r.yaml: training.compute must be one of auto, fp32, bf16, but is \"fp16\"; did you mean"
            + " 'fp32'?",
        refused("training: {compute: fp16}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tokenizer.vocabulary|256|257|257 or more",
        "data.budget_bytes|-1|0|0 or more",
        "data.held_out_bytes|0|1|1 or more",
        "model.layers|0|1|1 or more",
        "model.heads|0|1|1 or more",
        "model.key_value_heads|-1|0|0 or more",
        "model.key_value_heads|3|2|0 or a divisor of model.heads, 4",
        "model.width|0|8|1 or more",
        "model.width|6|16|a multiple of model.heads, 4",
        "model.width|12|24|an even number for each of model.heads, 4",
        "model.hidden|-1|0|0 or more",
        "model.context|1|2|2 or more",
        "model.dropout|1.0|0.99|in [0, 1)",
        "model.dropout|-0.1|0|in [0, 1)",
        "model.dropout|.nan|0|in [0, 1)",
        "optimizer.learning_rate|0|1e-9|above 0",
        "optimizer.learning_rate|.inf|1|above 0",
        "optimizer.beta1|1|0|in [0, 1)",
        "optimizer.beta2|1|0|in [0, 1)",
        "optimizer.beta2|-1|0|in [0, 1)",
        "optimizer.epsilon|0|1e-30|above 0",
        "optimizer.weight_decay|-0.5|0|0 or more",
        "optimizer.clip|-1|0|0 or more",
        "schedule.warmup_steps|-1|0|0 or more",
        "schedule.decay|0|1|in (0, 1]",
        "schedule.decay|1.1|0.1|in (0, 1]",
        "schedule.floor|-0.1|0|in [0, 1]",
        "schedule.floor|1.1|1|in [0, 1]",
        "training.steps|0|1|1 or more",
        "training.seconds|-1|0|0 or more",
        "training.batch|0|1|1 or more",
        "training.accumulate|0|1|1 or more",
        "training.evaluate_every|-1|0|0 or more",
        "training.evaluate_tokens|0|1|1 or more",
        "training.sample_every|-1|0|0 or more",
        "training.patience|-1|0|0 or more",
        "training.checkpoint_seconds|0|0.1|above 0",
        "training.label_smoothing|1|0|in [0, 1)",
        "training.label_smoothing|-0.1|0.99|in [0, 1)",
        "training.z_loss|-1|0|0 or more",
      })
  void aValueOutOfRangeIsNamed(String key, String bad, String good, String expected) {
    var message = refused("", key + "=" + bad);
    assertTrue(
        message.startsWith("r.yaml: " + key + " must be " + expected + ", but is "), message);
    parse("", key + "=" + good);
  }

  @Test
  void gptHasAsManyKeysAsQueries() {
    assertEquals(
        "r.yaml: model.key_value_heads must be 0 or as many as model.heads, 4, but is 2",
        refused("model: {family: gpt2, key_value_heads: 2}"));
    parse("model: {family: gpt2, key_value_heads: 4, width: 12}");
  }

  @Test
  void aDeviceIsCheckedByItsName() {
    assertEquals("r.yaml: device must be cpu, cuda or cuda:N, but is tpu", refused("device: tpu"));
    assertEquals("cuda:3", parse("device: cuda:3").device());
  }

  @Test
  void overridesGoOverTheFileAndLaterOnesOverEarlier() {
    var recipe =
        parse(
            "model: {layers: 3, width: 32}",
            "model.layers=5",
            "model.layers=6",
            "seed=9",
            "corpus=[a.txt, 'b c']",
            "data.order=random",
            "optimizer={beta1: 0.5, clip: 0}",
            "model.bias=false");
    assertEquals(6, recipe.model().layers());
    assertEquals(32, recipe.model().width());
    assertEquals(9, recipe.seed());
    assertEquals(List.of("a.txt", "b c"), recipe.corpus());
    assertEquals(List.of(Path.of("a.txt"), Path.of("b c")), recipe.sources());
    assertEquals(Recipe.Data.Order.random, recipe.data().order());
    assertEquals(0.5, recipe.optimizer().beta1());
    assertEquals(0.95, recipe.optimizer().beta2());
    assertEquals(List.of(), parse("corpus: [a]", "corpus=[]").corpus());
    assertEquals(List.of("a=b"), parse("", "corpus=[a=b]").corpus());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed|--set seed: write it as key=value",
        "=3|--set =3: write it as key=value",
        "model.layer=3|--set: there is no key 'model.layer'; did you mean 'layers'?",
        "model..layers=3|--set: there is no key 'model.'; did you mean",
        "model.layers.x=3|--set: model.layers must be a whole number, but is {\"x\":3}",
        "model.layers=many|--set: model.layers must be a whole number, but is \"many\"",
        "corpus=a.txt|--set: corpus must be a list of texts, but is \"a.txt\"",
        "seed=|--set: seed must be a whole number, but is {}",
        "corpus=[a|--set corpus=[a, line 1: not YAML: ",
      })
  void aBadOverrideIsNamed(String override, String expected) {
    var message = refused("", override);
    assertTrue(message.startsWith(expected), message);
  }

  @Test
  void filesAreNamed(@TempDir Path folder) throws IOException {
    var none = folder.resolve("none.yaml");
    assertEquals(
        none + ": there is no such recipe",
        assertThrows(TrainingException.class, () -> Recipe.read(none)).getMessage());
    assertEquals(
        folder + ": there is no such recipe",
        assertThrows(TrainingException.class, () -> Recipe.read(folder)).getMessage());
    var broken = Files.writeString(folder.resolve("broken.yaml"), "seed: 1\nmodel: {layers: 3\n");
    var message =
        String.valueOf(
            assertThrows(TrainingException.class, () -> Recipe.read(broken)).getMessage());
    assertTrue(message.matches("\\Q" + broken + "\\E, line [23]: not YAML: .+"), message);
    var latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'#', (byte) 0xE9, '\n'});
    message =
        String.valueOf(
            assertThrows(TrainingException.class, () -> Recipe.read(latin)).getMessage());
    assertTrue(message.startsWith(latin + ": cannot be read as UTF-8 text: "), message);
    var good = Files.writeString(folder.resolve("good.yaml"), "seed: 3");
    assertEquals(4, Recipe.read(good, "seed=4").seed());
  }

  @Test
  void aKeyGivenTwiceIsRefused() {
    var message = refused("seed: 1\nmodel: {layers: 2}\nseed: 2\n");
    assertTrue(message.contains("seed"), message);
  }

  @Test
  void namesAreComparedByEdits() {
    assertEquals(0, Names.edits("abc", "abc"));
    assertEquals(3, Names.edits("", "abc"));
    assertEquals(3, Names.edits("abc", ""));
    assertEquals(3, Names.edits("kitten", "sitting"));
    assertEquals(2, Names.edits("ab", "ba"));
    assertEquals("b", Names.nearest("bx", List.of("a", "b", "abxyz")));
    assertEquals("vocabulary", Names.nearest("vocab", List.of("kind", "vocal", "vocabulary")));
    assertEquals("a", Names.nearest("z", List.of("a", "b")));
    assertEquals("", Names.nearest("z", List.of()));
  }
}
