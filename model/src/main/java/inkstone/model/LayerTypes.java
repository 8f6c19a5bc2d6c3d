package inkstone.model;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/** Which layers see a window alone: {@code layer_types} of a config.json. */
final class LayerTypes {

  private static final String KEY = "layer_types";
  private static final String WINDOW = "sliding_attention";
  private static final String ALL = "full_attention";

  /** More than any model has, and few enough for a list. */
  private static final int MOST = 100_000;

  private LayerTypes() {}

  /**
   * The styles of the layers of a file.
   *
   * @param usual whether a layer sees a window alone where the file does not say
   */
  static java.util.List<BlockStyle> blocks(
      ConfigReader config, IntPredicate usual, BlockStyle windowed, BlockStyle full) {
    int layers = layers(config);
    var windows = config.absent(KEY) ? usual : said(config, layers);
    return IntStream.range(0, layers).mapToObj(i -> windows.test(i) ? windowed : full).toList();
  }

  /** The number of layers, few enough to list them. */
  static int layers(ConfigReader config) {
    int layers = config.integer("num_hidden_layers");
    if (layers > MOST) {
      throw new ModelException("num_hidden_layers: " + layers + " are more than any model has");
    }
    return layers;
  }

  private static IntPredicate said(ConfigReader config, int layers) {
    var types = config.texts(KEY);
    if (types.size() != layers) {
      throw new ModelException(
          "layer_types has %d entries, and there are %d layers".formatted(types.size(), layers));
    }
    for (var type : types) {
      if (!type.equals(WINDOW) && !type.equals(ALL)) {
        throw new ModelException(
            "layer_types '%s' is not supported; only '%s' and '%s' are"
                .formatted(type, WINDOW, ALL));
      }
    }
    return layer -> types.get(layer).equals(WINDOW);
  }

  static void write(DecoderConfig config, ObjectNode json) {
    var types = json.putArray(KEY);
    for (int layer = 0; layer < config.layers(); layer++) {
      types.add(config.style().block(layer).window() > 0 ? WINDOW : ALL);
    }
  }

  /** The window of the layers that have one; 0 where none does. */
  static int window(DecoderStyle style) {
    return style.blocks().stream().mapToInt(BlockStyle::window).max().orElse(0);
  }
}
