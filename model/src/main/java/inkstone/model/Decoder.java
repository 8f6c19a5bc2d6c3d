package inkstone.model;

import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Functions;
import inkstone.tensor.Random;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A decoder-only Transformer: token embedding, blocks of attention and feed-forward on a residual
 * stream with a norm before each (pre-norm), a last norm and the output head. One definition for
 * every family; the {@link DecoderConfig} says which parts it has.
 *
 * <p>Parameters are named as Hugging Face's Phi-3 does, the one family that stores queries, keys
 * and values in one matrix as this definition does. They are float32; {@link #computing} chooses
 * the type of the arithmetic.
 */
public final class Decoder implements AutoCloseable {

  private record Block(Norm first, Attention attention, Norm second, FeedForward feedForward) {
    Tensor forward(Tensor x, Batch batch, Optional<Rotary> rotary) {
      var seen = x.add(attention.forward(first.forward(x), batch, rotary));
      var thought = feedForward.forward(second.forward(seen));
      return seen.add(Functions.dropout(thought, batch.dropout()));
    }
  }

  private final DecoderConfig config;
  private final DType compute;
  private final SequencedMap<String, Tensor> parameters;
  private final Embedding tokens;
  private final Optional<Embedding> positions;
  private final List<Block> blocks = new ArrayList<>();
  private final Norm norm;
  private final Linear head;

  private Decoder(DecoderConfig config, SequencedMap<String, Tensor> parameters, DType compute) {
    this.config = config;
    this.parameters = parameters;
    this.compute = compute;
    tokens = new Embedding(get("model.embed_tokens.weight"));
    positions = find("model.embed_positions.weight").map(Embedding::new);
    for (int layer = 0; layer < config.layers(); layer++) {
      var name = "model.layers." + layer + ".";
      blocks.add(
          new Block(
              norm(name + "input_layernorm"),
              new Attention(
                  layer,
                  config.heads(),
                  config.keyValueHeads(),
                  config.headDim(),
                  linear(name + "self_attn.qkv_proj"),
                  linear(name + "self_attn.o_proj")),
              norm(name + "post_attention_layernorm"),
              switch (config.family()) {
                case GPT2 ->
                    new FeedForward.Gelu(
                        linear(name + "mlp.up_proj"), linear(name + "mlp.down_proj"));
                case LLAMA ->
                    new FeedForward.SwiGlu(
                        linear(name + "mlp.gate_up_proj"), linear(name + "mlp.down_proj"));
              }));
    }
    norm = norm("model.norm");
    head = config.tied() ? new Linear(tokens.weight(), Optional.empty()) : linear("lm_head");
  }

  /**
   * A network with random weights: normal with deviation 0.02, and {@code 0.02 / sqrt(2 layers)}
   * where a projection writes to the residual stream (Radford et al., 2019, section 2.3).
   */
  public static Decoder random(DecoderConfig config, long seed) {
    Random.seed(seed);
    var parameters = new java.util.LinkedHashMap<String, Tensor>();
    Layout.of(config)
        .forEach((name, shape) -> parameters.put(name, Scope.keep(initial(name, shape, config))));
    return new Decoder(config, parameters, DType.FLOAT32);
  }

  private static Tensor initial(String name, long[] shape, DecoderConfig config) {
    if (name.endsWith(".bias")) {
      return Tensor.zeros(DType.FLOAT32, Device.CPU, shape);
    }
    if (shape.length == 1) {
      return Tensor.full(1, DType.FLOAT32, Device.CPU, shape);
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
    var parameters = new java.util.LinkedHashMap<String, Tensor>();
    Layout.of(config)
        .forEach(
            (name, shape) -> {
              var weight = weights.get(name);
              if (weight == null) {
                throw new ModelException("weight '" + name + "' is missing");
              }
              if (!java.util.Arrays.equals(weight.shape(), shape)) {
                throw new ModelException(
                    "weight '%s' is %s; the configuration asks for %s"
                        .formatted(name, weight, java.util.Arrays.toString(shape)));
              }
              parameters.put(name, weight);
            });
    parameters.values().forEach(Scope::keep);
    return new Decoder(config, parameters, DType.FLOAT32);
  }

  /** The same weights, with activations and matrix products in {@code type}. */
  public Decoder computing(DType type) {
    return new Decoder(config, parameters, type);
  }

  /** The same network on a device; this one where it is there already, otherwise it is freed. */
  public Decoder to(Device device) {
    if (device.equals(device())) {
      return this;
    }
    var moved = new java.util.LinkedHashMap<String, Tensor>();
    parameters.forEach((name, weight) -> moved.put(name, Scope.keep(weight.to(device))));
    close();
    return new Decoder(config, moved, compute);
  }

  /** The shape. */
  public DecoderConfig config() {
    return config;
  }

  /** Every weight by name, in a fixed order; a tied one once. */
  public SequencedMap<String, Tensor> parameters() {
    return Collections.unmodifiableSequencedMap(parameters);
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
    return Scope.of(() -> head.forward(hidden(batch)));
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
    return Scope.of(
        () ->
            Functions.linearCrossEntropy(hidden(batch), head.weight(), targets, smoothing, zLoss));
  }

  /** What the head reads: [rows, width]. */
  private Tensor hidden(Batch batch) {
    checkContext(batch);
    return Scope.of(
        () -> {
          var at = batch.positions(device());
          var x = embed(batch, at);
          var rotary = rotary(at, x);
          for (var block : blocks) {
            x =
                batch.recompute()
                    ? Functions.recomputed(in -> again(block, in, batch), x)
                    : block.forward(x, batch, rotary);
          }
          return norm.forward(wanted(x, batch));
        });
  }

  /** A block when the angles of the first time are gone. */
  private Tensor again(Block block, Tensor x, Batch batch) {
    return block.forward(x, batch, rotary(batch.positions(device()), x));
  }

  private Tensor embed(Batch batch, Tensor at) {
    var x =
        switch (batch.inputs()) {
          case Batch.Ids(var ids) -> tokens.forward(ids);
          case Batch.Embeddings(var ready) -> ready;
        };
    var placed = positions.isPresent() ? x.add(positions.get().forward(at)) : x;
    return Functions.dropout(placed.to(compute), batch.dropout());
  }

  private Optional<Rotary> rotary(Tensor at, Tensor x) {
    return positions.isPresent()
        ? Optional.empty()
        : Optional.of(Rotary.of(at, config.headDim(), config.rotaryBase()).forHeads(x));
  }

  private Tensor wanted(Tensor x, Batch batch) {
    if (batch.rows() == Batch.Rows.ALL) {
      return x;
    }
    var last = new int[batch.spans().size()];
    int end = 0;
    for (int i = 0; i < last.length; i++) {
      end += batch.spans().get(i).length();
      last[i] = end - 1;
    }
    return x.indexSelect(0, Tensor.of(last, last.length).to(x.device()));
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

  private Norm norm(String name) {
    var weight = get(name + ".weight");
    return config.family() == Family.LLAMA
        ? new Norm.Rms(weight, config.normEpsilon())
        : new Norm.Layer(weight, find(name + ".bias"), config.normEpsilon());
  }

  private Linear linear(String name) {
    return new Linear(get(name + ".weight"), find(name + ".bias"));
  }

  private Tensor get(String name) {
    return find(name).orElseThrow(() -> new ModelException("weight '" + name + "' is missing"));
  }

  private Optional<Tensor> find(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /** Frees the weights. */
  @Override
  public void close() {
    parameters.values().forEach(Tensor::close);
  }
}
