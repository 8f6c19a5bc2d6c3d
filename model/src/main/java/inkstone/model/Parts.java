package inkstone.model;

import inkstone.tensor.Tensor;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Puts the parts of a decoder together from its weights.
 *
 * @param weights by the names of {@link Layout}
 */
record Parts(DecoderConfig config, Map<String, Weight> weights) {

  Block block(int layer) {
    var name = Layout.block(layer);
    var style = config.style().block(layer);
    var norms = NormNames.of(config.style().norms().place());
    return new Block(
        norm(name, norms.beforeAttention()),
        attention(layer, name + "self_attn.", style.window()),
        norm(name, norms.afterAttention()),
        norm(name, norms.beforeFeedForward()),
        style
            .experts()
            .map(experts -> experts(name + "mlp.", experts))
            .orElseGet(() -> network(name + "mlp.")),
        norm(name, norms.afterFeedForward()),
        style.rotary());
  }

  private Attention attention(int layer, String name, int window) {
    var scales = config.style().scales();
    return new Attention(
        layer,
        new Attention.Heads(config.heads(), config.keyValueHeads(), config.headDim()),
        linear(name + "qkv_proj"),
        queriesKeys(name),
        new Attention.Scores(
            scales.query() == 0 ? 1 : Math.sqrt(config.headDim() / scales.query()),
            scales.attentionCap(),
            window),
        linear(name + "o_proj"));
  }

  private Optional<QueryKeyNorms> queriesKeys(String name) {
    return switch (config.style().norms().queriesKeys()) {
      case NONE -> Optional.empty();
      case HEAD -> Optional.of(queriesKeys(name, false));
      case WIDTH -> Optional.of(queriesKeys(name, true));
    };
  }

  private QueryKeyNorms queriesKeys(String name, boolean whole) {
    return new QueryKeyNorms(norm(name + "q_norm"), norm(name + "k_norm"), whole);
  }

  private FeedForward network(String name) {
    var down = linear(name + "down_proj");
    return switch (config.style().activation()) {
      case GELU -> new FeedForward.Gelu(linear(name + "up_proj"), down);
      case SWIGLU -> new FeedForward.SwiGlu(linear(name + "gate_up_proj"), down);
      case GEGLU -> new FeedForward.GeGlu(linear(name + "gate_up_proj"), down);
    };
  }

  private FeedForward experts(String name, ExpertsConfig experts) {
    return new Experts(
        linear(name + "gate"),
        IntStream.range(0, experts.count())
            .mapToObj(i -> network(name + "experts." + i + "."))
            .toList(),
        experts.chosen(),
        experts.normalised());
  }

  private Norm norm(String block, Optional<String> name) {
    return name.map(n -> norm(block + n)).orElse(Norm.NONE);
  }

  Norm norm(String name) {
    var weight = tensor(name + ".weight");
    double epsilon = config.normEpsilon();
    return switch (config.style().norms().kind()) {
      case LAYER -> new Norm.Layer(weight, find(name + ".bias"), epsilon);
      case RMS -> new Norm.Rms(weight, epsilon);
      case RMS_PLUS_ONE -> new Norm.RmsPlusOne(weight, epsilon);
    };
  }

  Linear linear(String name) {
    return new Linear(get(name + ".weight"), find(name + ".bias"));
  }

  Weight get(String name) {
    return Optional.ofNullable(weights.get(name)).orElseThrow(() -> missing(name));
  }

  /** What is never stored but number by number. */
  private Tensor tensor(String name) {
    return find(name).orElseThrow(() -> missing(name));
  }

  Optional<Tensor> find(String name) {
    return weights.get(name) instanceof Weight.Dense(var tensor)
        ? Optional.of(tensor)
        : Optional.empty();
  }

  private static ModelException missing(String name) {
    return new ModelException("weight '" + name + "' is missing");
  }
}
