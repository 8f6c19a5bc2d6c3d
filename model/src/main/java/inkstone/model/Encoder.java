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
import java.util.stream.IntStream;

/**
 * A Transformer in which every token sees every other of its sequence (Devlin et al., 2019): BERT,
 * RoBERTa, DistilBERT. Token, position and type embeddings, blocks, and a {@linkplain EncoderHead
 * head}.
 *
 * <p>Parameters are named as BERT's in Hugging Face, but for queries, keys and values, which are
 * one matrix, and for the head, which is {@code head.dense}, {@code head.norm} and {@code head.out}
 * whatever it is. {@link #computing} chooses the type of the arithmetic, whatever theirs is.
 */
public final class Encoder implements AutoCloseable {

  private final EncoderConfig config;
  private final SequencedMap<String, Tensor> weights;
  private final DType compute;
  private final List<EncoderBlock> blocks;

  private Encoder(EncoderConfig config, SequencedMap<String, Tensor> weights, DType compute) {
    this.config = config;
    this.weights = weights;
    this.compute = compute;
    blocks = IntStream.range(0, config.layers()).mapToObj(this::block).toList();
  }

  /** A network with random weights, normal with deviation 0.02; biases 0. */
  public static Encoder random(EncoderConfig config, long seed) {
    Random.seed(seed);
    var weights = new LinkedHashMap<String, Tensor>();
    EncoderLayout.of(config)
        .forEach((name, shape) -> weights.put(name, Scope.keep(initial(name, shape))));
    return new Encoder(config, weights, DType.FLOAT32);
  }

  private static Tensor initial(String name, long[] shape) {
    if (name.endsWith(".bias")) {
      return Tensor.zeros(DType.FLOAT32, Device.CPU, shape);
    }
    return shape.length == 1
        ? Tensor.full(1, DType.FLOAT32, Device.CPU, shape)
        : Random.normal(0, 0.02, shape);
  }

  /**
   * A network with the given weights, which it owns from now on.
   *
   * @throws ModelException if a weight is missing or of another shape; the weights stay whose they
   *     were
   */
  public static Encoder of(EncoderConfig config, Map<String, Tensor> weights) {
    var own = new LinkedHashMap<String, Tensor>();
    EncoderLayout.of(config)
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
    return new Encoder(config, own, DType.FLOAT32);
  }

  /**
   * A copy of this body with another head. What the new head has in common with the old one (the
   * layer for the first token) is taken along; the rest is random.
   */
  public Encoder with(EncoderHead head, long seed) {
    var other = random(config.with(head), seed);
    // A transformation of masked tokens is none of first tokens, and the other way round.
    boolean alike =
        head instanceof EncoderHead.MaskedLanguage
            == config.head() instanceof EncoderHead.MaskedLanguage;
    Scope.run(
        () ->
            other.weights.forEach(
                (name, weight) -> {
                  var mine = weights.get(name);
                  boolean known =
                      !name.startsWith("head.") || (alike && name.startsWith("head.dense"));
                  if (known && mine != null) {
                    weight.copyInPlace(mine.detach());
                  }
                }));
    return other;
  }

  private EncoderBlock block(int layer) {
    var name = EncoderLayout.block(layer);
    int dim = config.width() / config.heads();
    return new EncoderBlock(
        new Attention(
            layer,
            new Attention.Heads(config.heads(), config.heads(), dim),
            linear(name + EncoderLayout.JOINED),
            Optional.empty(),
            new Attention.Scores(1, 0, 0),
            linear(name + "attention.output.dense")),
        norm(name + "attention.output.LayerNorm"),
        linear(name + "intermediate.dense"),
        config.activation(),
        linear(name + "output.dense"),
        norm(name + "output.LayerNorm"));
  }

  private Linear linear(String name) {
    return new Linear(new Weight.Dense(get(name + ".weight")), Optional.of(get(name + ".bias")));
  }

  private Norm norm(String name) {
    return new Norm.Layer(
        get(name + ".weight"), Optional.of(get(name + ".bias")), config.normEpsilon());
  }

  private Tensor get(String name) {
    return Optional.ofNullable(weights.get(name))
        .orElseThrow(() -> new ModelException("weight '" + name + "' is missing"));
  }

  /** The same weights, with activations and matrix products in {@code type}. */
  public Encoder computing(DType type) {
    return new Encoder(config, weights, type);
  }

  /** The same network on a device; this one where it is there already, otherwise it is freed. */
  public Encoder to(Device device) {
    if (device.equals(device())) {
      return this;
    }
    var moved = new LinkedHashMap<String, Tensor>();
    weights.forEach((name, weight) -> moved.put(name, Scope.keep(weight.to(device))));
    close();
    return new Encoder(config, moved, compute);
  }

  /** The shape. */
  public EncoderConfig config() {
    return config;
  }

  /** Every weight by name, in a fixed order. */
  public SequencedMap<String, Tensor> parameters() {
    return Collections.unmodifiableSequencedMap(weights);
  }

  /** Where the weights live. */
  public Device device() {
    return get(EncoderLayout.WORDS).device();
  }

  /**
   * The last hidden states of all tokens: [tokens, width], in the computing type.
   *
   * @throws ModelException if a sequence is longer than the context
   */
  public Tensor hidden(EncoderBatch batch) {
    for (var span : batch.batch().spans()) {
      if (span.start() + span.length() > config.context()) {
        throw new ModelException(
            "%d tokens do not fit the context of %d"
                .formatted(span.start() + span.length(), config.context()));
      }
    }
    return Scope.of(
        () -> {
          var x = embed(batch);
          var pass = new Pass(batch.batch(), Map.of(), List.of());
          for (var block : blocks) {
            var in = x;
            x = Scope.of(() -> block.forward(in, pass));
          }
          return x;
        });
  }

  private Tensor embed(EncoderBatch batch) {
    var words =
        switch (batch.batch().inputs()) {
          case Batch.Ids(var ids) -> Functions.embedding(get(EncoderLayout.WORDS), ids);
          case Batch.Embeddings(var ready) -> ready;
        };
    var x = words.add(Functions.embedding(get(EncoderLayout.POSITIONS), places(batch)));
    if (config.types() > 0) {
      x = x.add(Functions.embedding(get(EncoderLayout.TYPES), types(batch)));
    }
    return Functions.dropout(
        norm("embeddings.LayerNorm").forward(x.to(compute)), batch.batch().dropout());
  }

  /** The row of the position embedding for each token. */
  private Tensor places(EncoderBatch batch) {
    var places =
        batch.batch().spans().stream()
            .flatMapToInt(
                span ->
                    IntStream.range(span.start(), span.start() + span.length())
                        .map(at -> at + config.positionOffset()))
            .toArray();
    return Tensor.of(places, places.length).to(device());
  }

  /** Those of the batch; where there is but one type, all are of it. */
  private Tensor types(EncoderBatch batch) {
    return config.types() == 1
        ? Tensor.zeros(DType.INT64, device(), batch.types().count())
        : batch.types();
  }

  /**
   * The head's logits; which shape they have says {@link EncoderHead}. Of a head that gives logits
   * for tokens, those of the rows that the batch asks for.
   *
   * @throws ModelException if there is no head, or a sequence is longer than the context
   */
  public Tensor forward(EncoderBatch batch) {
    return Scope.of(() -> head(hidden(batch), batch));
  }

  private Tensor head(Tensor hidden, EncoderBatch batch) {
    return switch (config.head()) {
      case EncoderHead.None _ ->
          throw new ModelException("this encoder has no head; its hidden states are all it gives");
      case EncoderHead.MaskedLanguage _ -> masked(wanted(hidden, batch));
      case EncoderHead.Classification _ -> {
        var first = rows(hidden, batch.firsts());
        var pooled = linear("head.dense").forward(first);
        var active =
            config.family() == EncoderFamily.DISTILBERT ? Functions.relu(pooled) : pooled.tanh();
        yield out(active, batch);
      }
      case EncoderHead.TokenLabels _ -> out(wanted(hidden, batch), batch);
      case EncoderHead.Answers _ -> out(wanted(hidden, batch), batch);
    };
  }

  private Tensor out(Tensor x, EncoderBatch batch) {
    return linear("head.out").forward(Functions.dropout(x, batch.batch().dropout()));
  }

  private Tensor masked(Tensor x) {
    var words = get(config.tied() ? EncoderLayout.WORDS : "head.out.weight");
    var transformed =
        norm("head.norm").forward(config.activation().apply(linear("head.dense").forward(x)));
    return new Linear(new Weight.Dense(words), Optional.of(get("head.out.bias")))
        .forward(transformed);
  }

  private static Tensor wanted(Tensor x, EncoderBatch batch) {
    return switch (batch.batch().rows()) {
      case Batch.All _ -> x;
      case Batch.Last _ ->
          throw new ModelException("an encoder has no last token; ask for chosen rows, or for all");
      case Batch.Chosen(var places) ->
          rows(x, places.stream().mapToInt(Integer::intValue).toArray());
    };
  }

  private static Tensor rows(Tensor x, int... places) {
    return x.indexSelect(0, Tensor.of(places, places.length).to(x.device()));
  }

  /**
   * One row for each sequence: the mean of its hidden states, or that of its first token.
   *
   * @return [sequences, width]
   */
  public Tensor pooled(EncoderBatch batch, Pooling pooling) {
    return Scope.of(
        () -> {
          var hidden = hidden(batch);
          return switch (pooling) {
            case CLS -> rows(hidden, batch.firsts());
            case MEAN -> means(hidden, batch);
          };
        });
  }

  private static Tensor means(Tensor hidden, EncoderBatch batch) {
    var means = new ArrayList<Tensor>();
    int start = 0;
    for (var span : batch.batch().spans()) {
      var ones =
          Tensor.full(1.0 / span.length(), hidden.dtype(), hidden.device(), 1, span.length());
      means.add(ones.matmul(hidden.narrow(0, start, span.length())));
      start += span.length();
    }
    return Tensor.concat(0, means);
  }

  /** Frees the weights. */
  @Override
  public void close() {
    weights.values().forEach(Tensor::close);
  }
}
