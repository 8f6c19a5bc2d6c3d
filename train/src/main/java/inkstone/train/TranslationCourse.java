package inkstone.train;

import inkstone.data.DataPosition;
import inkstone.data.SentencePairs;
import inkstone.generate.Translation;
import inkstone.generate.Translator;
import inkstone.journal.Evaluated;
import inkstone.journal.Event;
import inkstone.journal.Sampled;
import inkstone.model.seq2seq.Packed;
import inkstone.model.seq2seq.Seq2Seq;
import inkstone.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;

/** An encoder and a decoder that learn to translate. */
final class TranslationCourse implements Course {

  private static final String HELD_OUT = "held_out";
  private static final int SHOWN = 5;
  private static final double NATS = Math.log(2);

  private final TranslationRecipe recipe;
  private final TranslationMaterial material;
  private final Seq2Seq network;
  private final Steps steps;
  private final Averages averages;
  private final Consumer<Event> events;
  private final Translator translator;
  private final List<int[]> heldOutSources = new ArrayList<>();
  private final List<int[]> heldOutTargets = new ArrayList<>();
  private final long heldOutBytes;

  TranslationCourse(
      TranslationRecipe recipe,
      TranslationMaterial material,
      Seq2Seq network,
      Averages averages,
      Consumer<Event> events) {
    this.recipe = recipe;
    this.material = material;
    this.network = network;
    this.averages = averages;
    this.events = events;
    steps =
        new Steps(
            network.parameters(),
            new AdamW(network.parameters(), recipe.optimizer()),
            recipe.seed());
    // Not closed: the network stays the run's.
    translator = Translator.of(network, material.tokenizer(), material.form());
    var held = material.heldOut();
    long bytes = 0;
    for (int i = 0; i < held.size(); i++) {
      var source = translator.source(held.sources().get(i));
      var target = translator.target(held.targets().get(i));
      if (Math.max(source.length, target.length) <= recipe.model().positions()) {
        heldOutSources.add(source);
        heldOutTargets.add(target);
        var written = material.form().target().written(held.targets().get(i));
        bytes += written.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    heldOutBytes = bytes;
  }

  @Override
  public SequencedMap<String, Tensor> parameters() {
    return network.parameters();
  }

  @Override
  public Steps steps() {
    return steps;
  }

  /** The batches of the material, which are of that size already. */
  @Override
  public Lesson teach(DataPosition position, int tokens) {
    var batch = material.training().at(position);
    double loss =
        steps.accumulate(
            () -> {
              var targets = Packed.of(batch.targets());
              var given = Translator.shifted(batch.targets(), network.config().ids().start());
              return network.loss(
                  Packed.of(batch.sources()),
                  Packed.of(given),
                  Tensor.of(targets.ids()).to(network.device()),
                  recipe.model().dropout(),
                  recipe.training().labelSmoothing());
            });
    return new Lesson(loss, batch.tokens(), batch.after(position));
  }

  /** Its batches are counted in tokens. */
  @Override
  public double tokensPerRow() {
    return 1;
  }

  @Override
  public double flopsPerToken() {
    return network.config().trainingFlopsPerToken();
  }

  /** A forward is a third of learning. */
  @Override
  public double evaluationTokens() {
    return heldOutTargets.stream().mapToInt(each -> each.length).sum() / 3.0;
  }

  @Override
  public boolean keepsBest() {
    return false;
  }

  @Override
  public double evaluate(Progress progress) {
    averages.keep(progress.step(), network.parameters());
    return score(progress);
  }

  /** The loss of the weights as they are now, some translations, and the scores of all. */
  @Override
  public void finish(Progress progress) {
    score(progress);
    for (int i = 0; i < SHOWN; i++) {
      sample(progress.step(), i);
    }
    new TranslationScores(this, material).emit(progress.step(), events);
  }

  /** The loss of the right translations, without dropout and smoothing. */
  private double score(Progress progress) {
    long start = System.nanoTime();
    double nats = 0;
    long tokens = 0;
    int most = recipe.training().batchTokens();
    for (int from = 0; from < heldOutSources.size(); ) {
      int to = from;
      int some = 0;
      while (to < heldOutSources.size() && (to == from || some < most)) {
        some += heldOutTargets.get(to++).length;
      }
      nats +=
          some
              * translator.loss(heldOutSources.subList(from, to), heldOutTargets.subList(from, to));
      tokens += some;
      from = to;
    }
    events.accept(
        new Evaluated(
            progress.step(),
            HELD_OUT,
            nats / tokens,
            nats / NATS / heldOutBytes,
            heldOutBytes,
            (System.nanoTime() - start) / 1e9));
    return nats / tokens;
  }

  @Override
  public void sample(Progress progress) {
    sample(progress.step(), 0);
  }

  /** Translates a held-out sentence. */
  private void sample(long step, int number) {
    var sources = material.heldOut().sources();
    var sentence = sources.get((int) ((step + number) % sources.size()));
    events.accept(new Sampled(step, sentence + " → ", translate(sentence).text()));
  }

  private Translation translate(String sentence) {
    return translator.translate(sentence, recipe.search().beams(), recipe.search().lengthPenalty());
  }

  /** What the network makes of the sources of pairs. */
  List<Translation> translate(SentencePairs pairs) {
    return pairs.sources().stream().map(this::translate).toList();
  }

  @Override
  public void close() {
    steps.close();
  }
}
