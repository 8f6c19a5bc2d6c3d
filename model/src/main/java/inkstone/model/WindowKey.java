package inkstone.model;

import tools.jackson.databind.node.ObjectNode;

/** {@code sliding_window} of a config.json, null where all layers see everything. */
final class WindowKey {

  private WindowKey() {}

  static void write(DecoderStyle style, ObjectNode json) {
    int window = LayerTypes.window(style);
    if (window == 0) {
      json.putNull("sliding_window");
    } else {
      json.put("sliding_window", window);
    }
  }
}
