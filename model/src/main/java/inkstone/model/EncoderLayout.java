package inkstone.model;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** The names and shapes of an encoder's weights, in order. */
final class EncoderLayout {

  static final String WORDS = "embeddings.word_embeddings.weight";
  static final String POSITIONS = "embeddings.position_embeddings.weight";
  static final String TYPES = "embeddings.token_type_embeddings.weight";

  /** Queries, keys and values, one above the other. */
  static final String JOINED = "attention.self.qkv";

  private EncoderLayout() {}

  static String block(int layer) {
    return "encoder.layer." + layer + ".";
  }

  static SequencedMap<String, long[]> of(EncoderConfig c) {
    var shapes = new LinkedHashMap<String, long[]>();
    shapes.put(WORDS, new long[] {c.vocabulary(), c.width()});
    shapes.put(POSITIONS, new long[] {c.context() + c.positionOffset(), c.width()});
    if (c.types() > 0) {
      shapes.put(TYPES, new long[] {c.types(), c.width()});
    }
    norm(shapes, "embeddings.LayerNorm", c.width());
    for (int layer = 0; layer < c.layers(); layer++) {
      var name = block(layer);
      linear(shapes, name + JOINED, c.width(), 3L * c.width());
      linear(shapes, name + "attention.output.dense", c.width(), c.width());
      norm(shapes, name + "attention.output.LayerNorm", c.width());
      linear(shapes, name + "intermediate.dense", c.width(), c.hidden());
      linear(shapes, name + "output.dense", c.hidden(), c.width());
      norm(shapes, name + "output.LayerNorm", c.width());
    }
    head(shapes, c);
    return shapes;
  }

  private static void head(LinkedHashMap<String, long[]> shapes, EncoderConfig c) {
    switch (c.head()) {
      case EncoderHead.None(var pooled) -> {
        if (pooled) {
          linear(shapes, "head.dense", c.width(), c.width());
        }
      }
      case EncoderHead.MaskedLanguage _ -> {
        linear(shapes, "head.dense", c.width(), c.width());
        norm(shapes, "head.norm", c.width());
        if (!c.tied()) {
          shapes.put("head.out.weight", new long[] {c.vocabulary(), c.width()});
        }
        shapes.put("head.out.bias", new long[] {c.vocabulary()});
      }
      case EncoderHead.Classification head -> {
        linear(shapes, "head.dense", c.width(), c.width());
        linear(shapes, "head.out", c.width(), head.outputs());
      }
      case EncoderHead.TokenLabels head -> linear(shapes, "head.out", c.width(), head.outputs());
      case EncoderHead.Answers head -> linear(shapes, "head.out", c.width(), head.outputs());
    }
  }

  private static void linear(LinkedHashMap<String, long[]> shapes, String name, long in, long out) {
    shapes.put(name + ".weight", new long[] {out, in});
    shapes.put(name + ".bias", new long[] {out});
  }

  private static void norm(LinkedHashMap<String, long[]> shapes, String name, long width) {
    shapes.put(name + ".weight", new long[] {width});
    shapes.put(name + ".bias", new long[] {width});
  }
}
