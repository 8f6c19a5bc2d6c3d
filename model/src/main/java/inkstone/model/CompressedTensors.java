package inkstone.model;

import inkstone.tensor.DType;
import inkstone.tensor.QuantizedMatrix;
import inkstone.tensor.RoundedMatrix;
import inkstone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Quantised weights in a Hugging Face directory, in the layout that the Python package {@code
 * compressed-tensors} calls {@code pack-quantized}, which Transformers and vLLM read: {@code
 * NAME.weight_packed} holds eight numbers of 4 bits or four of 8 to an int32, the first lowest,
 * each moved up so that none is negative; beside it stand {@code NAME.weight_scale} and {@code
 * NAME.weight_shape}.
 *
 * @see <a href="https://github.com/vllm-project/compressed-tensors">the package</a>
 */
final class CompressedTensors {

  static final String KEY = "quantization_config";
  private static final String METHOD = "compressed-tensors";
  private static final String WEIGHT = ".weight";
  private static final String SCALE = ".weight_scale";
  private static final String PACKED = ".weight_packed";
  private static final String SHAPE = ".weight_shape";
  private static final String FORMAT = "pack-quantized";

  private CompressedTensors() {}

  /** What config.json says of linear layers. */
  static void write(WeightScheme scheme, ObjectNode config) {
    var json = config.putObject(KEY);
    json.put("quant_method", METHOD);
    json.put("format", FORMAT);
    json.put("quantization_status", "compressed");
    json.putArray("ignore").add("lm_head");
    var group = json.putObject("config_groups").putObject("group_0");
    group.putArray("targets").add("Linear");
    group.putNull("input_activations");
    group.putNull("output_activations");
    var weights = group.putObject("weights");
    weights.put("num_bits", scheme.bits());
    weights.put("type", "int");
    weights.put("symmetric", true);
    weights.put("dynamic", false);
    weights.put("strategy", scheme.group() == 0 ? "channel" : "group");
    if (scheme.group() > 0) {
      weights.put("group_size", scheme.group());
    } else {
      weights.putNull("group_size");
    }
  }

  /** What {@link #write} wrote; empty where config.json tells of no such weights. */
  static Optional<WeightScheme> read(JsonNode config) {
    var json = config.path(KEY);
    if (!json.path("quant_method").asString("").equals(METHOD)) {
      return Optional.empty();
    }
    var groups = json.path("config_groups");
    if (groups.size() != 1) {
      throw refused("config_groups", groups, "one group");
    }
    var group = groups.iterator().next();
    only(group, "input_activations", "null");
    only(group, "output_activations", "null");
    var weights = group.path("weights");
    only(weights, "type", "\"int\"");
    only(weights, "symmetric", "true");
    only(weights, "actorder", "null");
    int bits = weights.path("num_bits").asInt(0);
    var strategy = weights.path("strategy").asString("");
    if (!strategy.equals("channel") && !strategy.equals("group")) {
      throw refused("strategy", weights.path("strategy"), "channel or group");
    }
    int size = strategy.equals("channel") ? 0 : weights.path("group_size").asInt(-1);
    var scheme = new WeightScheme(bits, size);
    only(json, "format", "\"" + FORMAT + "\"");
    return Optional.of(scheme);
  }

  private static void only(JsonNode json, String key, String value) {
    var found = json.path(key);
    boolean absent = found.isMissingNode() || found.isNull();
    if (!(absent && value.equals("null")) && !found.toString().equals(value)) {
      throw refused(key, found, value);
    }
  }

  private static ModelException refused(String key, JsonNode found, String value) {
    return new ModelException(
        "%s: %s '%s' is not supported; only %s is".formatted(KEY, key, found, value));
  }

  /**
   * The tensors of a file with those of linear layers rounded.
   *
   * @throws ModelException if there are none, or one does not part into groups
   */
  static SequencedMap<String, Tensor> pack(Map<String, Tensor> file, WeightScheme scheme) {
    var packed = new LinkedHashMap<String, Tensor>();
    file.forEach(
        (name, tensor) -> {
          if (isLinear(name) && tensor.rank() == 2) {
            pack(name.substring(0, name.length() - WEIGHT.length()), tensor, scheme, packed);
          } else {
            packed.put(name, tensor);
          }
        });
    if (packed.size() == file.size()) {
      throw new ModelException(
          "the layers of this family are no linear layers to Transformers and cannot be quantised so; write GGUF instead");
    }
    return packed;
  }

  /** GPT-2's are another kind of layer, whose weights lie the other way round. */
  private static boolean isLinear(String name) {
    return name.endsWith("_proj" + WEIGHT) && !name.endsWith("c_proj" + WEIGHT);
  }

  private static void pack(
      String name, Tensor weight, WeightScheme scheme, Map<String, Tensor> packed) {
    int group = scheme.columns(weight.size(1));
    if (weight.size(1) % group != 0 || group % 32 != 0) {
      throw new ModelException(
          "weight '%s' is %s: its rows do not part into %s; take a smaller group, or GGUF"
              .formatted(name + WEIGHT, weight, scheme.group() == 0 ? "32s" : group + "s"));
    }
    var rounded = RoundedMatrix.of(weight, scheme.bits(), group);
    packed.put(name + PACKED, words(rounded));
    packed.put(name + SHAPE, Tensor.of(rounded.shape(), 2));
    packed.put(name + SCALE, rounded.scaleTensor());
  }

  private static Tensor words(RoundedMatrix rounded) {
    long[] shape = rounded.shape();
    int bits = rounded.bits();
    int each = Integer.SIZE / bits;
    var words = new int[Math.toIntExact(shape[0] * (shape[1] / each))];
    int at = 0;
    for (var row : rounded.q()) {
      for (int i = 0; i < row.length; i += each, at++) {
        for (int j = 0; j < each; j++) {
          words[at] |= (row[i + j] + (1 << bits - 1)) << bits * j;
        }
      }
    }
    return Tensor.of(MemorySegment.ofArray(words), DType.INT32, shape[0], shape[1] / each);
  }

  /** The file's tensors; rounded ones travel as {@link StoredRows}. */
  static Map<String, Tensor> unpack(
      Map<String, Tensor> file, WeightScheme scheme, StoredRows rows) {
    var unpacked = new LinkedHashMap<String, Tensor>();
    file.forEach(
        (name, tensor) -> {
          if (name.endsWith(SCALE)) {
            var base = name.substring(0, name.length() - SCALE.length());
            var source = rounded(base, file, scheme);
            unpacked.put(base + WEIGHT, rows.send(source, source.q.length));
          } else if (!name.endsWith(PACKED) && !name.endsWith(SHAPE)) {
            unpacked.put(name, tensor);
          }
        });
    return unpacked;
  }

  private static Rounded rounded(String name, Map<String, Tensor> file, WeightScheme scheme) {
    var stored = file.get(name + PACKED);
    var scales = file.get(name + SCALE);
    if (stored == null
        || scales == null
        || stored.rank() != 2
        || scales.rank() != 2
        || stored.dtype() != DType.INT32
        || scales.size(0) != stored.size(0)) {
      throw new ModelException(
          "weight '%s' is %s with scales %s, not what %s tells of"
              .formatted(name, stored == null ? "missing" : stored, scales, KEY));
    }
    long columns = stored.size(1) * (Integer.SIZE / scheme.bits());
    int group = scheme.columns(columns);
    if (group == 0 || columns % group != 0 || scales.size(1) != columns / group) {
      throw new ModelException(
          "weight '%s' has %d columns and scales %s, not one for each %d"
              .formatted(name, columns, scales, group));
    }
    var q = new byte[Math.toIntExact(stored.size(0))][Math.toIntExact(columns)];
    stored.read(memory -> numbers(memory, scheme.bits(), q));
    var values = scales.toFloats();
    return new Rounded(scheme.bits(), group, q, values);
  }

  private static void numbers(MemorySegment memory, int bits, byte[][] q) {
    var bytes = memory.toArray(ValueLayout.JAVA_BYTE);
    int columns = q[0].length;
    for (int row = 0; row < q.length; row++) {
      for (int i = 0; i < columns; i++) { // words are little-endian: the first lies first
        int at = row * columns + i;
        q[row][i] =
            (byte) (bits == 8 ? (bytes[at] & 0xFF) - 128 : (bytes[at / 2] >> i % 2 * 4 & 0xF) - 8);
      }
    }
  }

  private record Rounded(int bits, int group, byte[][] q, float[] scales)
      implements StoredRows.Source {
    @Override
    public Object form() {
      return group;
    }

    private float[] scales(int row) {
      int count = q[row].length / group;
      return Arrays.copyOfRange(scales, row * count, (row + 1) * count);
    }

    @Override
    public QuantizedMatrix matrix(List<StoredRows.Row> rows) {
      return QuantizedMatrix.of(
          bits,
          group,
          rows.size(),
          q[0].length,
          i -> ((Rounded) rows.get(i).source()).q[rows.get(i).number()],
          i -> ((Rounded) rows.get(i).source()).scales(rows.get(i).number()));
    }
  }
}
