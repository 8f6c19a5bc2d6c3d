package inkstone.train;

import java.nio.file.Path;
import java.util.List;

/**
 * All that decides a pre-training run. Every component is a key of the YAML file and the other way
 * round; {@code recipes/} has commented examples.
 *
 * @param seed of initial weights, order of data, dropout and splits
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param corpus folders and files; empty for the definitions of WordNet
 */
public record Recipe(
    long seed,
    String device,
    List<String> corpus,
    Tokenizer tokenizer,
    Data data,
    Model model,
    Optimizer optimizer,
    Schedule schedule,
    Training training)
    implements Pace {

  /** What a file that is empty means: a small GPT on WordNet. */
  public static final Recipe DEFAULTS =
      new Recipe(
          1,
          "cpu",
          List.of(),
          new Tokenizer(Tokenizer.Kind.bpe, 2048, Tokenizer.Split.gpt2),
          new Data(Data.Split.document, Data.Order.epoch, 0, 2 << 20),
          new Model(Model.Family.llama, 4, 4, 0, 256, 0, 256, true, 0.0),
          new Optimizer(Optimizer.Kind.adamw, 1e-3, 0.9, 0.95, 1e-8, 0.1, 1.0, 0.95),
          new Schedule(Schedule.Kind.wsd, 100, 0.2, 0.0),
          new Training(2000, 0, 16, 1, Training.Compute.auto, 200, 32768, 500, 0, 60, false, 0, 0));

  /**
   * How text becomes tokens.
   *
   * @param kind byte-level BPE, characters with byte fallback, or bytes
   * @param vocabulary the largest number of tokens, special ones included
   * @param split how BPE cuts text into words: the pattern of GPT-2 or of cl100k
   */
  public record Tokenizer(Kind kind, int vocabulary, Split split) {
    /** The kinds of tokenizer. */
    public enum Kind {
      bpe,
      character,
      bytes
    }

    /** The split patterns. */
    public enum Split {
      gpt2,
      cl100k
    }
  }

  /**
   * Which text is learned from, and in which order.
   *
   * @param split hold out whole documents, or the tail of each file
   * @param order every token once an epoch, or windows at random places
   * @param budgetBytes how much of the corpus to read, chosen by seed; 0 for all
   * @param heldOutBytes the most held-out text to score, in whole documents
   */
  public record Data(Split split, Order order, long budgetBytes, int heldOutBytes) {
    /** How held-out text is chosen. */
    public enum Split {
      document,
      tail
    }

    /** How windows follow each other. */
    public enum Order {
      epoch,
      random
    }
  }

  /**
   * The network.
   *
   * @param family GPT-2's parts or Llama's
   * @param keyValueHeads 0 for as many as heads
   * @param width of the residual stream
   * @param hidden width of the feed-forward layer; 0 for the family's usual one
   * @param context tokens of one sequence
   * @param bias biases in GPT-2's projections and norms
   * @param dropout probability of dropping an activation
   */
  public record Model(
      Family family,
      int layers,
      int heads,
      int keyValueHeads,
      int width,
      int hidden,
      int context,
      boolean bias,
      double dropout) {
    /** The families. */
    public enum Family {
      gpt2,
      llama
    }
  }

  /**
   * How a gradient moves the weights.
   *
   * @param kind AdamW for all weights; or Muon for the matrices of the blocks and AdamW for the
   *     rest
   * @param learningRate the peak; one rate for both kinds, whose updates are of one size
   * @param beta1 AdamW's memory of the mean of the gradient
   * @param beta2 AdamW's memory of the mean of its square
   * @param epsilon AdamW's bound on the root that the step is divided by
   * @param weightDecay of matrices; vectors have none
   * @param clip the largest norm of the gradient; 0 for any
   * @param momentum Muon's memory of the mean of the gradient
   */
  public record Optimizer(
      Kind kind,
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double clip,
      double momentum) {
    /** The optimizers. */
    public enum Kind {
      adamw,
      muon
    }

    /** The same with another peak. */
    Optimizer rate(double peak) {
      return new Optimizer(kind, peak, beta1, beta2, epsilon, weightDecay, clip, momentum);
    }
  }

  /**
   * The learning rate over the steps.
   *
   * @param kind linear warm-up, then a cosine; or constant and a linear decay at the end (wsd); or
   *     constant; or falling with the root of the step (inverse_sqrt)
   * @param decay the part of a wsd schedule that is decay, in (0, 1]
   * @param floor the last learning rate as a part of the peak
   */
  public record Schedule(Kind kind, int warmupSteps, double decay, double floor) {
    /** The shapes. */
    public enum Kind {
      cosine,
      wsd,
      constant,
      inverse_sqrt
    }
  }

  /**
   * The loop.
   *
   * @param steps optimizer steps; with {@code seconds}, only a bound
   * @param seconds in which a wsd schedule and the last evaluation should have ended; 0 for {@code
   *     steps} to decide alone
   * @param batch sequences of one forward and backward
   * @param accumulate forwards and backwards of one optimizer step
   * @param compute the type of the arithmetic; {@code auto} tries both and takes the faster
   * @param evaluateEvery steps between evaluations; 0 for only the last
   * @param evaluateTokens the first held-out tokens, which are scored then; the last evaluation
   *     reads all of them
   * @param sampleEvery steps between samples; 0 for only the last
   * @param patience evaluations without an improvement after which to stop; 0 for never
   * @param checkpointSeconds between checkpoints
   * @param recompute whether backward computes each block again rather than keep what is inside
   * @param labelSmoothing the part of each target's probability that all tokens share
   * @param zLoss weighs the square of the logarithm of the softmax's normaliser
   */
  public record Training(
      int steps,
      double seconds,
      int batch,
      int accumulate,
      Compute compute,
      int evaluateEvery,
      int evaluateTokens,
      int sampleEvery,
      int patience,
      double checkpointSeconds,
      boolean recompute,
      double labelSmoothing,
      double zLoss)
      implements Pace.Loop {
    /** The types of arithmetic. */
    public enum Compute {
      auto,
      fp32,
      bf16
    }

    /** The same with another type of the arithmetic. */
    Training computing(Compute type) {
      return new Training(
          steps,
          seconds,
          batch,
          accumulate,
          type,
          evaluateEvery,
          evaluateTokens,
          sampleEvery,
          patience,
          checkpointSeconds,
          recompute,
          labelSmoothing,
          zLoss);
    }
  }

  /** Reads a YAML file; what it leaves out is as in {@link #DEFAULTS}. */
  public static Recipe read(Path file, String... overrides) {
    return RecipeFile.read(file, List.of(overrides));
  }

  /** The same with the type of the arithmetic settled. */
  public Recipe computing(Training.Compute compute) {
    return with(training.computing(compute));
  }

  Recipe with(Training other) {
    return new Recipe(seed, device, corpus, tokenizer, data, model, optimizer, schedule, other);
  }

  Recipe with(Model other) {
    return new Recipe(seed, device, corpus, tokenizer, data, other, optimizer, schedule, training);
  }

  Recipe with(Optimizer other) {
    return new Recipe(seed, device, corpus, tokenizer, data, model, other, schedule, training);
  }

  Recipe with(Schedule other) {
    return new Recipe(seed, device, corpus, tokenizer, data, model, optimizer, other, training);
  }

  Recipe budget(long bytes) {
    var other = new Data(data.split(), data.order(), bytes, data.heldOutBytes());
    return new Recipe(seed, device, corpus, tokenizer, other, model, optimizer, schedule, training);
  }

  Recipe vocabulary(int size) {
    var other = new Tokenizer(tokenizer.kind(), size, tokenizer.split());
    return new Recipe(seed, device, corpus, other, data, model, optimizer, schedule, training);
  }

  /** The sources as paths. */
  public List<Path> sources() {
    return corpus.stream().map(Path::of).toList();
  }
}
