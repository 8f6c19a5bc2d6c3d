package inkstone.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** The names and shapes of a decoder's weights, in order. */
final class Layout {

  private Layout() {}

  static SequencedMap<String, long[]> of(DecoderConfig c) {
    var shapes = new LinkedHashMap<String, long[]>();
    shapes.put("model.embed_tokens.weight", new long[] {c.vocabulary(), c.width()});
    if (c.family() == Family.GPT2) {
      shapes.put("model.embed_positions.weight", new long[] {c.context(), c.width()});
    }
    for (int layer = 0; layer < c.layers(); layer++) {
      var name = "model.layers." + layer + ".";
      long queries = (long) c.heads() * c.headDim();
      long keysValues = 2L * c.keyValueHeads() * c.headDim();
      norm(shapes, name + "input_layernorm", c);
      linear(shapes, name + "self_attn.qkv_proj", c.width(), queries + keysValues, c);
      linear(shapes, name + "self_attn.o_proj", queries, c.width(), c);
      norm(shapes, name + "post_attention_layernorm", c);
      if (c.family() == Family.LLAMA) {
        linear(shapes, name + "mlp.gate_up_proj", c.width(), 2L * c.hidden(), c);
      } else {
        linear(shapes, name + "mlp.up_proj", c.width(), c.hidden(), c);
      }
      linear(shapes, name + "mlp.down_proj", c.hidden(), c.width(), c);
    }
    norm(shapes, "model.norm", c);
    if (!c.tied()) {
      shapes.put("lm_head.weight", new long[] {c.vocabulary(), c.width()});
    }
    return shapes;
  }

  /** The rows of each projection in the matrices of the blocks. */
  static SequencedMap<String, List<Long>> projections(DecoderConfig c) {
    long queries = (long) c.heads() * c.headDim();
    long keys = (long) c.keyValueHeads() * c.headDim();
    var rows = new LinkedHashMap<String, List<Long>>();
    of(c)
        .forEach(
            (name, shape) -> {
              if (name.contains("qkv_proj.weight")) {
                rows.put(name, List.of(queries, keys, keys));
              } else if (name.contains("gate_up_proj.weight")) {
                rows.put(name, List.of((long) c.hidden(), (long) c.hidden()));
              } else if (name.contains("_proj.weight")) {
                rows.put(name, List.of(shape[0]));
              }
            });
    return rows;
  }

  private static void linear(
      LinkedHashMap<String, long[]> shapes, String name, long in, long out, DecoderConfig c) {
    shapes.put(name + ".weight", new long[] {out, in});
    if (c.bias()) {
      shapes.put(name + ".bias", new long[] {out});
    }
  }

  private static void norm(LinkedHashMap<String, long[]> shapes, String name, DecoderConfig c) {
    shapes.put(name + ".weight", new long[] {c.width()});
    if (c.bias()) {
      shapes.put(name + ".bias", new long[] {c.width()});
    }
  }
}
