package inkstone.model;

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
 * A decoder-only Transformer: token embedding, blocks of attention and feed-forward on a residual
 * stream, a last norm and the output head. One definition for every family; the {@link
 * DecoderStyle} of its configuration says which parts it is put together from.
 *
 * <p>Parameters are named as Hugging Face's Phi-3 does, the one family that stores queries, keys
 * and values in one matrix as this definition does. {@link #computing} chooses the type of the
 * arithmetic, whatever theirs is.
 */
public final class Decoder implements AutoCloseable {

  private final DecoderConfig config;
  private final DType compute;
  private final SequencedMap<String, Weight> weights;
  private final Embedding tokens;
  private final Optional<Embedding> positions;
  private final List<Block> blocks = new ArrayList<>();
  private final Norm norm;
  private final Linear head;

  private Decoder(DecoderConfig config, SequencedMap<String, Weight> weights, DType compute) {
    this.config = config;
    this.weights = weights;
    this.compute = compute;
    var parts = new Parts(config, weights);
    tokens = new Embedding(parts.get("model.embed_tokens.weight"));
    positions =
        Optional.ofNullable(weights.get("model.embed_positions.weight")).map(Embedding::new);
    for (int layer = 0; layer < config.layers(); layer++) {
      blocks.add(parts.block(layer));
    }
    norm = parts.norm("model.norm");
    head = config.tied() ? new Linear(tokens.weight(), Optional.empty()) : parts.linear("lm_head");
  }

  /**
   * A network with random weights: normal with deviation 0.02, and {@code 0.02 / sqrt(2 layers)}
   * where a projection writes to the residual stream (Radford et al., 2019, section 2.3).
   */
  public static Decoder random(DecoderConfig config, long seed) {
    Random.seed(seed);
    var weights = new LinkedHashMap<String, Weight>();
    Layout.of(config)
        .forEach(
            (name, shape) ->
                weights.put(name, new Weight.Dense(Scope.keep(initial(name, shape, config)))));
    return new Decoder(config, weights, DType.FLOAT32);
  }

  private static Tensor initial(String name, long[] shape, DecoderConfig config) {
    if (name.endsWith(".bias")) {
      return Tensor.zeros(DType.FLOAT32, Device.CPU, shape);
    }
    if (shape.length == 1) {
      boolean plusOne = config.style().norms().kind() == DecoderStyle.Norms.Kind.RMS_PLUS_ONE;
      return Tensor.full(plusOne ? 0 : 1, DType.FLOAT32, Device.CPU, shape);
    }
    boolean residual = name.contains("o_proj") || name.contains("down_proj");
    return Random.normal(0, residual ? 0.02 / Math.sqrt(2.0 * config.layers()) : 0.02, shape);
  }

  /**
   * A network with the given weights, which it owns from now on.
   *
   * @throws ModelException if a weight is missing or of another shape; the weights stay whose they
   *     were
   */
  public static Decoder of(DecoderConfig config, Map<String, Tensor> weights) {
    var stored = new LinkedHashMap<String, Weight>();
    weights.forEach((name, tensor) -> stored.put(name, new Weight.Dense(tensor)));
    return stored(config, stored);
  }

  /** The same with weights in any storage. */
  static Decoder stored(DecoderConfig config, Map<String, Weight> weights) {
    var own = new LinkedHashMap<String, Weight>();
    Layout.of(config)
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
    own.values().forEach(Weight::keep);
    weights.forEach(
        (name, weight) -> {
          if (!own.containsKey(name) && weight instanceof Weight.Quantized) {
            weight.close(); // no scope does
          }
        });
    return new Decoder(config, own, DType.FLOAT32);
  }

  /** The same weights, with activations and matrix products in {@code type}. */
  public Decoder computing(DType type) {
    return new Decoder(config, weights, type);
  }

  /**
   * The same network on a device; this one where it is there already, otherwise it is freed.
   * Quantised weights are widened on the way: they are used on the CPU alone.
   */
  public Decoder to(Device device) {
    if (device.equals(device())) {
      return this;
    }
    var moved = new LinkedHashMap<String, Weight>();
    weights.forEach(
        (name, weight) ->
            moved.put(
                name, new Weight.Dense(Scope.keep(Scope.of(() -> weight.dense().to(device))))));
    close();
    return new Decoder(config, moved, compute);
  }

  /** The shape. */
  public DecoderConfig config() {
    return config;
  }

  /**
   * Every weight by name, in a fixed order; a tied one once.
   *
   * @throws ModelException if some are quantised, which nothing can be learned from
   */
  public SequencedMap<String, Tensor> parameters() {
    weights.forEach(
        (name, weight) -> {
          if (weight instanceof Weight.Quantized) {
            throw new ModelException(
                "weight '%s' is %s and cannot be learned; open the model widened, or convert it to a folder first"
                    .formatted(name, weight));
          }
        });
    return dense();
  }

  /** The same for reading alone: copies in the innermost scope stand for quantised weights. */
  public SequencedMap<String, Tensor> dense() {
    var tensors = new LinkedHashMap<String, Tensor>();
    weights.forEach((name, weight) -> tensors.put(name, weight.dense()));
    return Collections.unmodifiableSequencedMap(tensors);
  }

  /** The type of the weights; float32 for those that {@link #dense} copies. */
  DType storedType() {
    return tokens.weight() instanceof Weight.Dense(var tensor) ? tensor.dtype() : DType.FLOAT32;
  }

  /**
   * The matrices of the blocks by the names of {@link #parameters}, each with the rows of every
   * projection that lies in it, from top to bottom: queries, keys and values are one matrix here.
   */
  public SequencedMap<String, List<Long>> projections() {
    return Layout.projections(config);
  }

  /** Where the weights live. */
  public Device device() {
    return tokens.weight().device();
  }

  /**
   * The logits of the rows that the batch asks for: [rows, vocabulary], in the computing type.
   *
   * @throws ModelException if a span goes beyond the context
   */
  public Tensor forward(Batch batch) {
    double cap = config.style().scales().logitCap();
    return Scope.of(() -> Functions.softCap(head.forward(norm, hidden(batch)), cap));
  }

  /**
   * The mean cross-entropy in nats of the rows that the batch asks for, whose logits never exist
   * all at once.
   *
   * @param targets int64 [rows]; {@link Functions#IGNORED} does not count
   * @param smoothing of the labels, 0 for none
   * @param zLoss 0 for none; for both see {@link Functions#linearCrossEntropy}
   * @throws ModelException if a span goes beyond the context
   */
  public Tensor loss(Batch batch, Tensor targets, double smoothing, double zLoss) {
    double cap = config.style().scales().logitCap();
    return Scope.of(
        () ->
            Functions.linearCrossEntropy(
                norm.forward(hidden(batch)),
                head.weight().dense(),
                targets,
                smoothing,
                zLoss,
                cap));
  }

  /** What the last norm reads: [rows, width]. */
  private Tensor hidden(Batch batch) {
    checkContext(batch);
    return Scope.of(
        () -> {
          var x = embed(batch);
          var pass = Pass.of(config, batch, x);
          for (var block : blocks) {
            var in = x;
            x =
                batch.recompute()
                    ? Functions.recomputed(again -> again(block, again, batch), in)
                    : Scope.of(() -> block.forward(in, pass));
          }
          return wanted(x, batch);
        });
  }

  /** A block when the angles of the first time are gone. */
  private Tensor again(Block block, Tensor x, Batch batch) {
    return block.forward(x, Pass.of(config, batch, x));
  }

  private Tensor embed(Batch batch) {
    var x =
        switch (batch.inputs()) {
          case Batch.Ids(var ids) -> scaled(tokens.forward(ids));
          case Batch.Embeddings(var ready) -> ready;
        };
    var placed = positions.map(p -> x.add(p.forward(batch.positions(device())))).orElse(x);
    return Functions.dropout(placed.to(compute), batch.dropout());
  }

  private Tensor scaled(Tensor embeddings) {
    double scale = config.style().scales().embedding();
    return scale == 1 ? embeddings : embeddings.mul(scale);
  }

  private Tensor wanted(Tensor x, Batch batch) {
    return switch (batch.rows()) {
      case Batch.All all -> x;
      case Batch.Last last -> rows(x, last(batch.spans()));
      case Batch.Chosen(var places) ->
          rows(x, places.stream().mapToInt(Integer::intValue).toArray());
    };
  }

  private static Tensor rows(Tensor x, int... places) {
    return places.length == x.size(0)
        ? x
        : x.indexSelect(0, Tensor.of(places, places.length).to(x.device()));
  }

  private static int[] last(List<Batch.Span> spans) {
    var last = new int[spans.size()];
    int end = 0;
    for (int i = 0; i < last.length; i++) {
      end += spans.get(i).length();
      last[i] = end - 1;
    }
    return last;
  }

  private void checkContext(Batch batch) {
    for (var span : batch.spans()) {
      long end = (long) span.start() + span.length();
      if (end > config.context()) {
        throw new ModelException(
            "%d tokens do not fit the context of %d".formatted(end, config.context()));
      }
    }
  }

  /** Frees the weights. */
  @Override
  public void close() {
    weights.values().forEach(Weight::close);
  }
}
