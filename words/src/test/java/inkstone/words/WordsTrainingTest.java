package inkstone.words;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.journal.CorpusRead;
import inkstone.journal.Finished;
import inkstone.journal.Scored;
import inkstone.journal.Step;
import inkstone.journal.WordsPlanned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A language of six subjects with twelve words each: a sentence speaks of one subject, so vectors
 * must lie near those of their own subject.
 */
class WordsTrainingTest {

  private static final int SUBJECTS = 6;
  private static final int WORDS = 12;

  @TempDir Path folder;

  private Path text() throws IOException {
    var random = new Random(12);
    var lines = new StringBuilder();
    for (int sentence = 0; sentence < 6000; sentence++) {
      int subject = random.nextInt(SUBJECTS);
      for (int word = 0; word < 10; word++) {
        lines.append((char) ('a' + subject)).append(random.nextInt(WORDS));
        lines.append(word < 9 ? ' ' : '\n');
      }
    }
    return Files.writeString(folder.resolve("text.txt"), lines);
  }

  private WordsRecipe recipe(String... more) throws IOException {
    var overrides = new ArrayList<>(List.of("corpus=['" + text() + "']", "split=spaces"));
    overrides.addAll(List.of("model.dimensions=20", "training.subsample=0", "training.threads=1"));
    overrides.addAll(List.of(more));
    return WordsRecipe.of(overrides);
  }

  /** For each word: are its eleven nearest those of its subject? */
  private static double purity(WordVectors vectors) {
    int right = 0;
    for (var word : vectors.words()) {
      for (var near : vectors.similar(word, WORDS - 1)) {
        right += near.word().charAt(0) == word.charAt(0) ? 1 : 0;
      }
    }
    return (double) right / vectors.words().size() / (WORDS - 1);
  }

  @ParameterizedTest
  @CsvSource({
    "skipgram,negative,true,1", "skipgram,negative,false,1", "skipgram,hierarchical,true,1",
    "cbow,negative,true,1", "cbow,hierarchical,true,1", "skipgram,negative,true,3",
    "cbow,negative,true,3"
  })
  void everyWayFindsTheSubjects(String kind, String loss, boolean share, int threads)
      throws IOException {
    var recipe =
        recipe(
            "model.kind=" + kind,
            "model.loss=" + loss,
            "model.share_negatives=" + share,
            "training.threads=" + threads);
    var trainer = new WordsTrainer(recipe, Material.read(recipe, event -> {}));
    var losses = new ArrayList<Double>();
    assertTrue(trainer.run(progress -> losses.add(progress.loss()), () -> false));
    var vectors = trainer.vectors();
    assertEquals(SUBJECTS * WORDS, vectors.words().size());
    assertTrue(purity(vectors) > 0.97, "purity " + purity(vectors));
    assertTrue(Double.isFinite(losses.getLast()) && losses.getLast() < 0.65, losses.toString());
  }

  @Test
  void oneThreadGivesTheSameVectorsAndAnotherSeedOthers() throws IOException {
    var vectors = new ArrayList<float[]>();
    for (var seed : List.of("seed=4", "seed=4", "seed=5")) {
      var recipe = recipe(seed, "training.epochs=1", "training.subsample=0.01");
      var trainer = new WordsTrainer(recipe, Material.read(recipe, event -> {}));
      trainer.run(progress -> {}, () -> false);
      vectors.add(trainer.vectors().vector("a3").orElseThrow());
    }
    assertArrayEquals(vectors.get(0), vectors.get(1));
    assertTrue(Math.abs(vectors.get(0)[0] - vectors.get(2)[0]) > 1e-6);
  }

  @Test
  void aRunLeavesRecipeJournalAndVectors() throws IOException {
    var test =
        Files.writeString(folder.resolve("pairs.txt"), "a1 a2 9\na1 b2 1\nc3 d4 1.5\nx y 1\n");
    var out = folder.resolve("run");
    var training = WordsTraining.of(recipe()).judgedBy(List.of(WordTest.read(test)));
    var log = training.run(out);
    assertEquals("done", log.last(Finished.class).reason());
    assertEquals(60_000, log.last(WordsPlanned.class).words());
    assertEquals(300_000, log.last(Step.class).tokens());
    assertEquals(log.last(WordsPlanned.class).steps(), log.last(Step.class).step());
    assertEquals(0.0001, log.last(Step.class).learningRate(), 1e-6);
    assertEquals(1, log.last(CorpusRead.class).documents());
    var scored = log.last(Scored.class);
    assertEquals("pairs", scored.test());
    assertEquals(3, scored.covered());
    assertTrue(scored.score() > 0.4);
    assertEquals(recipe(), WordsRecipe.read(out.resolve("recipe.yaml"), List.of()));
    assertTrue(purity(WordVectors.open(out.resolve("vectors.bin"))) > 0.97);
    assertTrue(
        assertThrows(WordsException.class, () -> training.run(out))
            .getMessage()
            .contains("holds a run already"));
  }

  @Test
  void aWishToStopEndsWithVectors() throws IOException {
    var out = folder.resolve("run");
    var log =
        WordsTraining.of(recipe("training.epochs=100000"))
            .writing(WordsTraining.Form.TEXT)
            .told("inkstone words train", () -> true, List.of())
            .run(out);
    assertEquals("interrupted", log.last(Finished.class).reason());
    assertEquals(20, WordVectors.open(out.resolve("vectors.txt")).dimensions());
  }

  @Test
  void aTextOfTooFewWordsIsRefused() throws IOException {
    var recipe = recipe("vocabulary.min_count=1000000");
    assertTrue(
        assertThrows(WordsException.class, () -> Material.read(recipe, event -> {}))
            .getMessage()
            .contains("come 1000000 times or more, and 2 are needed"));
  }

  @Test
  void frequentWordsAreLeftOutAsInTheFirstProgram() {
    var vocabulary = new Vocabulary(List.of("the", "of", "ink"), new long[] {9000, 900, 100});
    var recipe = WordsRecipe.of(List.of("training.subsample=0.01"));
    var keep = Plan.of(recipe, vocabulary).keep();
    double the = Math.sqrt(0.01 / 0.9) + 0.01 / 0.9;
    assertEquals(the, keep[0] / 0x1p31, 1e-9);
    assertEquals(Math.sqrt(0.01 / 0.09) + 0.01 / 0.09, keep[1] / 0x1p31, 1e-9);
    assertEquals(Plan.ALWAYS, keep[2]);
  }
}
