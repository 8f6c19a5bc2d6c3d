package inkstone.model;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** The windows of Qwen2 and Qwen3: off unless asked for, and then in the upper layers. */
final class QwenWindows {

  private QwenWindows() {}

  static List<BlockStyle> read(ConfigReader config, RotaryConfig rotary) {
    var full = BlockStyle.of(rotary);
    boolean used = config.flag("use_sliding_window", false) && !config.isNull("sliding_window");
    int window = used ? config.integer("sliding_window", 4096) : 0;
    int first = config.integer("max_window_layers", 28);
    return LayerTypes.blocks(config, layer -> used && layer >= first, full.window(window), full);
  }

  static void write(DecoderConfig config, ObjectNode json) {
    WindowKey.write(config.style(), json);
    json.put("use_sliding_window", LayerTypes.window(config.style()) > 0);
    LayerTypes.write(config, json);
  }
}
