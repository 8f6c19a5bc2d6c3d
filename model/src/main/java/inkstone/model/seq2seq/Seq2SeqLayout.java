package inkstone.model.seq2seq;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The names and shapes of the weights, in order. They are those of Marian in Transformers, but that
 * queries, keys and values are one matrix where they read the same.
 */
final class Seq2SeqLayout {

  static final String SHARED = "model.shared.weight";
  static final String SELF = "self_attn.";
  static final String CROSS = "encoder_attn.";

  private final Seq2SeqConfig c;
  private final SequencedMap<String, long[]> shapes = new LinkedHashMap<>();

  private Seq2SeqLayout(Seq2SeqConfig config) {
    c = config;
  }

  static SequencedMap<String, long[]> of(Seq2SeqConfig config) {
    var layout = new Seq2SeqLayout(config);
    layout.all();
    return layout.shapes;
  }

  static String block(String side, int layer) {
    return "model." + side + ".layers." + layer + ".";
  }

  private void all() {
    shapes.put(SHARED, new long[] {c.vocabulary(), c.width()});
    for (int i = 0; i < c.encoder().layers(); i++) {
      var name = block("encoder", i);
      self(name);
      network(name, c.encoder().hidden());
    }
    last("encoder");
    for (int i = 0; i < c.decoder().layers(); i++) {
      var name = block("decoder", i);
      self(name);
      linear(name + CROSS + "q_proj", c.width(), c.width());
      linear(name + CROSS + "kv_proj", c.width(), 2L * c.width());
      linear(name + CROSS + "out_proj", c.width(), c.width());
      norm(name + "encoder_attn_layer_norm");
      network(name, c.decoder().hidden());
    }
    last("decoder");
  }

  private void self(String name) {
    linear(name + SELF + "qkv_proj", c.width(), 3L * c.width());
    linear(name + SELF + "out_proj", c.width(), c.width());
    norm(name + "self_attn_layer_norm");
  }

  private void network(String name, long hidden) {
    linear(name + "fc1", c.width(), hidden);
    linear(name + "fc2", hidden, c.width());
    norm(name + "final_layer_norm");
  }

  private void last(String side) {
    if (c.norms() == Seq2SeqConfig.Norms.PRE) {
      norm("model." + side + ".layer_norm");
    }
  }

  private void linear(String name, long in, long out) {
    shapes.put(name + ".weight", new long[] {out, in});
    shapes.put(name + ".bias", new long[] {out});
  }

  private void norm(String name) {
    shapes.put(name + ".weight", new long[] {c.width()});
    shapes.put(name + ".bias", new long[] {c.width()});
  }
}
