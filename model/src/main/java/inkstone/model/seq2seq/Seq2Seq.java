package inkstone.model.seq2seq;

import inkstone.model.Embedding;
import inkstone.model.Linear;
import inkstone.model.ModelException;
import inkstone.model.Norm;
import inkstone.model.Weight;
import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Functions;
import inkstone.tensor.Random;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The Transformer (Vaswani et al., 2017): an encoder that reads a text, and a decoder that writes
 * another one, token by token, looking back on both. Source, target and output share one embedding.
 */
public final class Seq2Seq implements AutoCloseable {

  private final Seq2SeqConfig config;
  private final DType compute;
  private final SequencedMap<String, Tensor> weights;
  private final Optional<Tensor> logitBias;
  private final Tensor positions;
  private final Embedding tokens;
  private final List<EncoderBlock> encoder = new ArrayList<>();
  private final List<DecoderBlock> decoder = new ArrayList<>();
  private final Norm afterReading;
  private final Norm afterWriting;
  private final Linear head;

  private Seq2Seq(
      Seq2SeqConfig config,
      SequencedMap<String, Tensor> weights,
      Optional<Tensor> logitBias,
      Tensor positions,
      DType compute) {
    this.config = config;
    this.weights = weights;
    this.logitBias = logitBias;
    this.positions = positions;
    this.compute = compute;
    var parts = new Seq2SeqParts(config, weights);
    var shared = new Weight.Dense(parts.get(Seq2SeqLayout.SHARED));
    tokens = new Embedding(shared);
    head = new Linear(shared, logitBias);
    for (int i = 0; i < config.encoder().layers(); i++) {
      encoder.add(parts.encoder(i));
    }
    for (int i = 0; i < config.decoder().layers(); i++) {
      decoder.add(parts.decoder(i));
    }
    afterReading = parts.last("encoder");
    afterWriting = parts.last("decoder");
  }

  /**
   * A network with random weights: normal with the deviation of Glorot and Bengio (2010, formula
   * 16) for matrices, {@code width^-1/2} for the embedding, so that logits begin with a deviation
   * near 1.
   */
  public static Seq2Seq random(Seq2SeqConfig config, long seed) {
    Random.seed(seed);
    var weights = new LinkedHashMap<String, Tensor>();
    Seq2SeqLayout.of(config)
        .forEach((name, shape) -> weights.put(name, Scope.keep(initial(name, shape))));
    return new Seq2Seq(config, weights, Optional.empty(), table(config), DType.FLOAT32);
  }

  private static Tensor initial(String name, long[] shape) {
    if (shape.length == 1) {
      boolean norm = name.endsWith("norm.weight");
      return Tensor.full(norm ? 1 : 0, DType.FLOAT32, Device.CPU, shape);
    }
    if (name.equals(Seq2SeqLayout.SHARED)) {
      return Random.normal(0, 1 / Math.sqrt(shape[1]), shape);
    }
    // Several projections in one matrix are each drawn as the paper's own code draws them all.
    return Random.normal(0, Math.sqrt(2.0 / (shape[0] + shape[1])), shape);
  }

  private static Tensor table(Seq2SeqConfig config) {
    return Scope.keep(Sinusoids.table(config.positions(), config.width()));
  }

  /**
   * A network with the given weights, which it owns from now on.
   *
   * @param logitBias added to the logits, [vocabulary]; it is not learned
   * @throws ModelException if a weight is missing or of another shape
   */
  static Seq2Seq of(Seq2SeqConfig config, Map<String, Tensor> weights, Optional<Tensor> logitBias) {
    var own = new LinkedHashMap<String, Tensor>();
    Seq2SeqLayout.of(config)
        .forEach(
            (name, shape) -> {
              var weight = weights.get(name);
              if (weight == null) {
                throw new ModelException("weight '" + name + "' is missing");
              }
              if (!Arrays.equals(weight.shape(), shape)) {
                throw new ModelException(
                    "weight '%s' is %s; the configuration asks for %s"
                        .formatted(name, weight, Arrays.toString(shape)));
              }
              own.put(name, weight);
            });
    own.values().forEach(Scope::keep);
    logitBias.ifPresent(Scope::keep);
    return new Seq2Seq(config, own, logitBias, table(config), DType.FLOAT32);
  }

  /** The same weights, with activations and matrix products in {@code type}. */
  public Seq2Seq computing(DType type) {
    return new Seq2Seq(config, weights, logitBias, positions, type);
  }

  /** The same network on a device; this one where it is there already, otherwise it is freed. */
  public Seq2Seq to(Device device) {
    if (device.equals(device())) {
      return this;
    }
    var moved = new LinkedHashMap<String, Tensor>();
    weights.forEach((name, weight) -> moved.put(name, Scope.keep(weight.to(device))));
    var bias = logitBias.map(b -> Scope.keep(b.to(device)));
    var table = Scope.keep(positions.to(device));
    close();
    return new Seq2Seq(config, moved, bias, table, compute);
  }

  /** The shape. */
  public Seq2SeqConfig config() {
    return config;
  }

  /** Every weight that can be learned, by name, in a fixed order. */
  public SequencedMap<String, Tensor> parameters() {
    return Collections.unmodifiableSequencedMap(weights);
  }

  /** What is added to the logits, [vocabulary], where there is something. */
  Optional<Tensor> logitBias() {
    return logitBias;
  }

  /** Where the weights live. */
  public Device device() {
    return positions.device();
  }

  /**
   * Reads: [tokens, width].
   *
   * @throws ModelException if a text is longer than the positions
   */
  public Tensor read(Packed source, double dropout) {
    return Scope.of(
        () -> {
          var x = embed(source, dropout);
          for (var block : encoder) {
            var in = x;
            x = Scope.of(() -> block.forward(in, source.lengths(), dropout));
          }
          return afterReading.forward(x);
        });
  }

  /**
   * The logits of what follows each token of the target: [target tokens, vocabulary].
   *
   * @param target each text from {@link Seq2SeqConfig.Ids#start} on
   */
  public Tensor forward(Packed source, Packed target) {
    return Scope.of(() -> head.forward(hidden(source, target, 0)));
  }

  /**
   * The mean cross-entropy of the labels in nats, the right tokens given so far (teacher forcing).
   *
   * @param target each text from {@link Seq2SeqConfig.Ids#start} on
   * @param labels what follows each token of the target: int64 [target tokens]
   * @param dropout of embeddings and of each part's output, 0 outside training
   * @param smoothing of the labels (Szegedy et al., 2016, section 7), 0 for none
   */
  public Tensor loss(
      Packed source, Packed target, Tensor labels, double dropout, double smoothing) {
    if (logitBias.isPresent()) {
      throw new ModelException(
          "this model adds a bias to its logits (final_logits_bias), which cannot be learned here");
    }
    return Scope.of(
        () ->
            Functions.linearCrossEntropy(
                hidden(source, target, dropout), head.weight().dense(), labels, smoothing, 0));
  }

  private Tensor hidden(Packed source, Packed target, double dropout) {
    if (source.lengths().length != target.lengths().length) {
      throw new ModelException(
          "%d texts to read and %d to write"
              .formatted(source.lengths().length, target.lengths().length));
    }
    return Scope.of(
        () -> {
          var read = read(source, dropout);
          var x = embed(target, dropout);
          for (var block : decoder) {
            var in = x;
            x =
                Scope.of(
                    () -> block.forward(in, target.lengths(), read, source.lengths(), dropout));
          }
          return afterWriting.forward(x);
        });
  }

  private Tensor embed(Packed texts, double dropout) {
    checkLength(texts.longest());
    return Functions.dropout(embed(texts.tokens(device()), texts.positions(device())), dropout);
  }

  private Tensor embed(Tensor ids, Tensor places) {
    var rows = tokens.forward(ids);
    var scaled = config.scaled() ? rows.mul(Math.sqrt(config.width())) : rows;
    return scaled.add(Functions.embedding(positions, places)).to(compute);
  }

  private void checkLength(int length) {
    if (length > config.positions()) {
      throw new ModelException(
          "a text of %d tokens does not fit the %d positions of this model"
              .formatted(length, config.positions()));
    }
  }

  /** Begins to write after a text was read: one text, or several with as many beginnings. */
  public Written begin(Packed source) {
    return Written.begin(
        source,
        Scope.of(() -> read(source, 0)),
        decoder.stream().map(DecoderBlock::cross).toList());
  }

  /**
   * The logits of what follows one token more of each text: [texts, vocabulary].
   *
   * @param written what was written before; holds these tokens too, afterwards
   * @param parents for each text, which of the texts of the call before it goes on with
   * @param ids its next token
   */
  public Tensor step(Written written, int[] parents, int... ids) {
    checkLength(written.length() + 1);
    return Scope.of(
        () -> {
          written.continueFrom(parents);
          var places = new int[ids.length];
          Arrays.fill(places, written.length());
          var x =
              embed(
                  Tensor.of(ids, ids.length).to(device()),
                  Tensor.of(places, places.length).to(device()));
          for (int i = 0; i < decoder.size(); i++) {
            x = written.step(decoder.get(i), i, x);
          }
          written.advance();
          return head.forward(afterWriting.forward(x));
        });
  }

  /** Frees the weights. */
  @Override
  public void close() {
    weights.values().forEach(Tensor::close);
    logitBias.ifPresent(Tensor::close);
    positions.close();
  }
}
