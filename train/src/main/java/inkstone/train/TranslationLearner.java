package inkstone.train;

import inkstone.data.DataPosition;
import inkstone.data.SentencePairs;
import inkstone.generate.Translator;
import inkstone.journal.Evaluated;
import inkstone.journal.Sampled;
import inkstone.model.seq2seq.Packed;
import inkstone.model.seq2seq.Seq2Seq;
import inkstone.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** An encoder and a decoder that learn to translate. */
final class TranslationLearner implements Learner {

  private static final String HELD_OUT = "held_out";
  private static final double NATS = Math.log(2);

  private final TranslationRecipe recipe;
  private final TranslationMaterial material;
  private final Seq2Seq network;
  private final WeightSteps steps;
  private final Averages averages;
  private final Translator translator;
  private final List<int[]> heldOutSources = new ArrayList<>();
  private final List<int[]> heldOutTargets = new ArrayList<>();
  private final long heldOutBytes;

  TranslationLearner(
      TranslationRecipe recipe,
      TranslationMaterial material,
      Seq2Seq network,
      WeightSteps steps,
      Averages averages) {
    this.recipe = recipe;
    this.material = material;
    this.network = network;
    this.steps = steps;
    this.averages = averages;
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

  Translator translator() {
    return translator;
  }

  @Override
  public WeightSteps steps() {
    return steps;
  }

  @Override
  public Learned learn(DataPosition at) {
    var batch = material.training().at(at);
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
    return new Learned(loss, batch.tokens(), batch.after(at));
  }

  @Override
  public double flopsPerToken() {
    return network.config().trainingFlopsPerToken();
  }

  @Override
  public long heldOutTokens() {
    return heldOutTargets.stream().mapToLong(each -> each.length).sum();
  }

  @Override
  public Evaluated evaluate(long step) {
    averages.keep(step, steps.parameters());
    return evaluateAll(step);
  }

  /** The loss of the right translations, without dropout and smoothing. */
  @Override
  public Evaluated evaluateAll(long step) {
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
              * translator.loss(
                  heldOutSources.subList(from, to), heldOutTargets.subList(from, to));
      tokens += some;
      from = to;
    }
    return new Evaluated(
        step,
        HELD_OUT,
        nats / tokens,
        nats / NATS / heldOutBytes,
        heldOutBytes,
        (System.nanoTime() - start) / 1e9);
  }

  /** Translates a held-out sentence. */
  @Override
  public Sampled sample(long step, int tokens, int number) {
    var sources = material.heldOut().sources();
    var sentence = sources.get((int) ((step + number) % sources.size()));
    return new Sampled(step, sentence + " → ", translate(sentence));
  }

  private String translate(String sentence) {
    return translator
        .translate(sentence, recipe.search().beams(), recipe.search().lengthPenalty())
        .text();
  }

  /** What the network makes of the sources of pairs. */
  List<inkstone.generate.Translation> translate(SentencePairs pairs) {
    return pairs.sources().stream()
        .map(
            sentence ->
                translator.translate(
                    sentence, recipe.search().beams(), recipe.search().lengthPenalty()))
        .toList();
  }
}
