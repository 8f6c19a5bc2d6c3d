package inkstone.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import inkstone.words.Material;
import inkstone.words.WordsRecipe;
import inkstone.words.WordsTrainer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The process that learns for {@code bench words} on our side. {@code round SECONDS} learns whole
 * epochs, each from fresh vectors; only learning is timed.
 */
public final class WordsWorker {

  private static final double WARM_SECONDS = 3;

  private final WordsRecipe recipe;
  private final Material material;

  private WordsWorker(WordsRecipe recipe, Material material) {
    this.recipe = recipe;
    this.material = material;
  }

  /** Serves one bench over the standard streams; the words are those of {@link WordsWork}. */
  public static void main(String[] words) throws IOException {
    var work = WordsWork.parse(words);
    var recipe =
        WordsRecipe.of(
            List.of(
                "seed=" + work.seed(),
                "corpus=['" + work.corpus().toString().replace("'", "''") + "']",
                "split=spaces",
                "model.kind=" + work.kind(),
                "model.loss=" + work.loss(),
                "model.share_negatives=" + work.share(),
                "model.dimensions=" + work.dimensions(),
                "model.window=" + work.window(),
                "model.negatives=" + work.negatives(),
                "training.epochs=1",
                "training.threads=" + work.threads()));
    var worker = new WordsWorker(recipe, Material.read(recipe, event -> {}));
    long start = System.nanoTime();
    // What the compiler needs to see; vectors are begun anew in each round.
    new WordsTrainer(recipe, worker.material)
        .run(progress -> {}, () -> System.nanoTime() - start > WARM_SECONDS * 1e9);
    var ready = BenchJson.MAPPER.createObjectNode();
    ready.put("ready", true).put("name", "inkstone");
    ready.put("vocabulary", worker.material.vocabulary().size());
    ready.put("words", worker.material.vocabulary().total());
    WorkerLoop.serve(
        new BufferedReader(new InputStreamReader(System.in, UTF_8)),
        System.out,
        ready,
        Map.of("round", worker::round));
  }

  private JsonNode round(double seconds) {
    long words = 0;
    double spent = 0;
    double[] loss = {Double.NaN};
    while (spent < seconds) {
      var trainer = new WordsTrainer(recipe, material);
      long start = System.nanoTime();
      trainer.run(
          progress -> loss[0] = Double.isNaN(progress.loss()) ? loss[0] : progress.loss(),
          () -> false);
      spent += (System.nanoTime() - start) / 1e9;
      words += material.vocabulary().total();
    }
    return BenchJson.MAPPER.valueToTree(new Lap(words, spent, loss[0], Resident.peak()));
  }
}
