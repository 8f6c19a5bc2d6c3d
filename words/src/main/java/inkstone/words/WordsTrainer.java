package inkstone.words;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Learns vectors with threads that share their weights and take one part of the text after another.
 * The learning rate falls in a line with the words that all of them have read.
 */
public final class WordsTrainer {

  /** Words and marks that a thread takes at once. */
  static final int PART = 20_000;

  private static final long PAUSE_MILLIS = 500;

  private final WordsRecipe recipe;
  private final Material material;
  private final Plan plan;
  private final Weights weights;
  private final List<Learner> learners = new ArrayList<>();
  private final long parts;
  private final double total;
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong finished = new AtomicLong();
  private final AtomicLong read = new AtomicLong();
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  /**
   * How far the training has come.
   *
   * @param parts that were learned from, of {@link #steps}
   * @param words that were read
   * @param loss of the last while, in nats a prediction; NaN for none
   */
  public record Progress(long parts, long words, double loss, double rate, double seconds) {}

  /** With first vectors drawn by the recipe's seed. */
  public WordsTrainer(WordsRecipe recipe, Material material) {
    this.recipe = recipe;
    this.material = material;
    plan = Plan.of(recipe, material.vocabulary());
    int threads = recipe.threadsHere();
    weights =
        Weights.random(
            material.vocabulary().size(), recipe.model().dimensions(), threads, recipe.seed());
    for (int i = 0; i < threads; i++) {
      learners.add(new Learner(recipe.model(), plan, weights, i));
    }
    parts = Math.ceilDiv(material.tokens().size(), PART);
    total = (double) material.vocabulary().total() * recipe.training().epochs();
  }

  /** Parts of the text times epochs. */
  public long steps() {
    return parts * recipe.training().epochs();
  }

  /**
   * Learns, and tells twice a second how far it is.
   *
   * @param stop asked as often; true ends the training with the vectors as they are
   * @return whether it came to its end
   */
  public boolean run(Consumer<Progress> progress, BooleanSupplier stop) {
    long start = System.nanoTime();
    var threads = new ArrayList<Thread>();
    for (var learner : learners) {
      threads.add(Thread.ofPlatform().daemon().name("words").start(() -> work(learner)));
    }
    try {
      for (var thread : threads) {
        while (!thread.join(java.time.Duration.ofMillis(PAUSE_MILLIS))) {
          stopped |= stop.getAsBoolean();
          if (finished.get() > 0) {
            progress.accept(progress(start));
          }
        }
      }
    } catch (InterruptedException e) {
      stopped = true;
      Thread.currentThread().interrupt();
    }
    var cause = failure;
    if (cause != null) {
      throw new IllegalStateException("a thread that learns words failed: " + cause, cause);
    }
    progress.accept(progress(start));
    return finished.get() == steps();
  }

  /** What was learned. */
  public WordVectors vectors() {
    return WordVectors.of(
        material.vocabulary().words(), recipe.model().dimensions(), weights.vectors());
  }

  private Progress progress(long start) {
    double sum = 0;
    int told = 0;
    for (var learner : learners) {
      double loss = learner.takeLoss(); // a race, which at worst blurs one figure
      if (Double.isFinite(loss)) {
        sum += loss;
        told++;
      }
    }
    return new Progress(
        finished.get(), read.get(), sum / told, rate(), (System.nanoTime() - start) / 1e9);
  }

  private double rate() {
    double first = recipe.firstRate();
    double last = recipe.training().finalRate();
    return first - (first - last) * Math.min(1, read.get() / total);
  }

  private void work(Learner learner) {
    try {
      long step;
      while (!stopped && (step = taken.getAndIncrement()) < steps()) {
        long from = step % parts * PART;
        long to = Math.min(material.tokens().size(), from + PART);
        long seed = recipe.seed() * 0x9E3779B97F4A7C15L + step;
        read.addAndGet(learner.learn(material.tokens(), from, to, seed, (float) rate()));
        finished.incrementAndGet();
      }
    } catch (Throwable e) {
      failure = e;
      stopped = true;
    }
  }
}
