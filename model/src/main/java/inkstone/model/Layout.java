package inkstone.model;

import inkstone.model.DecoderStyle.Norms;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.LongStream;

/** The names and shapes of a decoder's weights, in order. */
final class Layout {

  private static final String BLOCK = "model.layers.";

  private final DecoderConfig c;
  private final SequencedMap<String, long[]> shapes = new LinkedHashMap<>();

  private Layout(DecoderConfig config) {
    c = config;
  }

  static SequencedMap<String, long[]> of(DecoderConfig config) {
    var layout = new Layout(config);
    layout.all();
    return layout.shapes;
  }

  /** The numbers in a shape. */
  static long count(long... shape) {
    return LongStream.of(shape).reduce(1, (a, b) -> a * b);
  }

  /** What the names of a block's weights begin with. */
  static String block(int layer) {
    return BLOCK + layer + ".";
  }

  /** The block that a name belongs to. */
  static int layer(String name) {
    return Integer.parseInt(name.substring(BLOCK.length(), name.indexOf('.', BLOCK.length())));
  }

  private void all() {
    shapes.put("model.embed_tokens.weight", new long[] {c.vocabulary(), c.width()});
    if (c.style().learnedPositions()) {
      shapes.put("model.embed_positions.weight", new long[] {c.context(), c.width()});
    }
    for (int layer = 0; layer < c.layers(); layer++) {
      block(block(layer), c.style().block(layer));
    }
    norm("model.norm", c.width());
    if (!c.tied()) {
      shapes.put("lm_head.weight", new long[] {c.vocabulary(), c.width()});
    }
  }

  private void block(String name, BlockStyle block) {
    long queries = (long) c.heads() * c.headDim();
    long keys = (long) c.keyValueHeads() * c.headDim();
    var bias = c.style().bias();
    var place = NormNames.of(c.style().norms().place());
    place.beforeAttention().ifPresent(n -> norm(name + n, c.width()));
    linear(name + "self_attn.qkv_proj", c.width(), queries + 2 * keys, bias.queriesKeysValues());
    linear(name + "self_attn.o_proj", queries, c.width(), bias.output());
    switch (c.style().norms().queriesKeys()) {
      case NONE -> {}
      case HEAD -> queriesKeys(name, c.headDim(), c.headDim());
      case WIDTH -> queriesKeys(name, queries, keys);
    }
    place.afterAttention().ifPresent(n -> norm(name + n, c.width()));
    place.beforeFeedForward().ifPresent(n -> norm(name + n, c.width()));
    block
        .experts()
        .ifPresentOrElse(e -> experts(name, e), () -> network(name + "mlp.", c.hidden()));
    place.afterFeedForward().ifPresent(n -> norm(name + n, c.width()));
  }

  private void queriesKeys(String name, long queries, long keys) {
    norm(name + "self_attn.q_norm", queries);
    norm(name + "self_attn.k_norm", keys);
  }

  private void experts(String name, ExpertsConfig experts) {
    linear(name + "mlp.gate", c.width(), experts.count(), false);
    for (int i = 0; i < experts.count(); i++) {
      network(name + "mlp.experts." + i + ".", experts.hidden());
    }
  }

  private void network(String name, long hidden) {
    boolean bias = c.style().bias().feedForward();
    if (c.style().activation().gated()) {
      linear(name + "gate_up_proj", c.width(), 2 * hidden, bias);
    } else {
      linear(name + "up_proj", c.width(), hidden, bias);
    }
    linear(name + "down_proj", hidden, c.width(), bias);
  }

  private void linear(String name, long in, long out, boolean bias) {
    shapes.put(name + ".weight", new long[] {out, in});
    if (bias) {
      shapes.put(name + ".bias", new long[] {out});
    }
  }

  private void norm(String name, long width) {
    shapes.put(name + ".weight", new long[] {width});
    if (c.style().norms().kind() == Norms.Kind.LAYER && c.style().bias().norm()) {
      shapes.put(name + ".bias", new long[] {width});
    }
  }
}
