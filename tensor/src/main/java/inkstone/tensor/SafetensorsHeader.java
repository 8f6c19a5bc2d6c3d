package inkstone.tensor;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON header of a safetensors file.
 *
 * @param metadata the {@code __metadata__} map
 * @param tensors by name, in the order of their data
 */
record SafetensorsHeader(Map<String, String> metadata, Map<String, Place> tensors) {

  private static final String METADATA = "__metadata__";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Map<String, DType> TYPES =
      Arrays.stream(DType.values()).collect(Collectors.toMap(DType::code, type -> type));

  /** Where a tensor lies: {@code [begin, end)} in bytes from the start of the data. */
  record Place(DType dtype, List<Long> shape, long begin, long end) {}

  /**
   * Reads and checks a header: the tensors must cover the {@code dataBytes} without holes or
   * overlaps, as the format demands.
   */
  static SafetensorsHeader parse(Path file, byte[] text, long dataBytes) {
    var root = tree(file, text);
    Map<String, String> metadata = Map.of();
    var places = new ArrayList<Map.Entry<String, Place>>();
    for (var property : root.properties()) {
      if (property.getKey().equals(METADATA)) {
        metadata = strings(file, property.getValue());
      } else {
        places.add(
            Map.entry(property.getKey(), place(file, property.getKey(), property.getValue())));
      }
    }
    places.sort(
        Comparator.<Map.Entry<String, Place>>comparingLong(entry -> entry.getValue().begin())
            .thenComparingLong(entry -> entry.getValue().end()));
    var tensors = new LinkedHashMap<String, Place>();
    long at = 0;
    for (var entry : places) {
      var place = entry.getValue();
      if (place.begin() != at) {
        throw broken(
            file,
            entry.getKey(),
            "its data starts at byte %d where %d was expected: tensors may not overlap or leave holes"
                .formatted(place.begin(), at));
      }
      if (place.end() > dataBytes) {
        throw broken(
            file,
            entry.getKey(),
            "its data ends at byte %d of %d: the file was cut; fetch or write it again"
                .formatted(place.end(), dataBytes));
      }
      at = place.end();
      tensors.put(entry.getKey(), place);
    }
    if (at != dataBytes) {
      throw new SafetensorsException(
          "%s: %d bytes of data follow the last tensor's end at byte %d; the file is damaged"
              .formatted(file, dataBytes - at, at));
    }
    return new SafetensorsHeader(metadata, Collections.unmodifiableMap(tensors));
  }

  /** The header as JSON, filled up with spaces so that the data starts at a multiple of 8. */
  byte[] render() {
    var root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      var inner = root.putObject(METADATA);
      metadata.forEach(inner::put);
    }
    tensors.forEach(
        (name, place) -> {
          var node = root.putObject(name).put("dtype", place.dtype().code());
          var shape = node.putArray("shape");
          place.shape().forEach(shape::add);
          node.putArray("data_offsets").add(place.begin()).add(place.end());
        });
    var text = JSON.writeValueAsBytes(root);
    return padded(text, (text.length + 7) / 8 * 8);
  }

  /** Spaces behind {@code text} up to {@code length} bytes; the format allows them. */
  static byte[] padded(byte[] text, int length) {
    var padded = Arrays.copyOf(text, length);
    Arrays.fill(padded, text.length, length, (byte) ' ');
    return padded;
  }

  /** Bytes of a tensor, or -1 if they do not fit a long. */
  static long bytes(DType dtype, List<Long> shape) {
    try {
      long elements = 1;
      for (long size : shape) {
        elements = Math.multiplyExact(elements, size);
      }
      return Math.multiplyExact(elements, (long) dtype.bytes());
    } catch (ArithmeticException e) {
      return -1;
    }
  }

  private static ObjectNode tree(Path file, byte[] text) {
    if (text[0] != '{') {
      throw new SafetensorsException(
          file + ": the header does not start with '{'; this is not a safetensors file");
    }
    try {
      var json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
      if (JSON.readTree(json) instanceof ObjectNode object) {
        return object;
      }
      throw new SafetensorsException(file + ": the header is not a JSON object");
    } catch (CharacterCodingException e) {
      throw new SafetensorsException(file + ": the header is not valid UTF-8", e);
    } catch (JacksonException e) {
      throw new SafetensorsException(
          "%s: the header is not valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static Map<String, String> strings(Path file, JsonNode node) {
    if (!node.isObject()) {
      throw new SafetensorsException(file + ": " + METADATA + " is not a JSON object");
    }
    var strings = new LinkedHashMap<String, String>();
    for (var property : node.properties()) {
      if (!property.getValue().isString()) {
        throw new SafetensorsException(
            "%s: %s.%s is not a string".formatted(file, METADATA, property.getKey()));
      }
      strings.put(property.getKey(), property.getValue().stringValue());
    }
    return Collections.unmodifiableMap(strings);
  }

  private static Place place(Path file, String name, JsonNode node) {
    var code = node.path("dtype");
    if (!code.isString()) {
      throw broken(file, name, "it has no dtype");
    }
    var dtype = TYPES.get(code.stringValue());
    if (dtype == null) {
      throw broken(
          file,
          name,
          "dtype %s is not supported (%s are)"
              .formatted(
                  code.stringValue(),
                  Arrays.stream(DType.values())
                      .map(DType::code)
                      .collect(Collectors.joining(", "))));
    }
    var shape = longs(file, name, "shape", node.path("shape"));
    var offsets = longs(file, name, "data_offsets", node.path("data_offsets"));
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw broken(file, name, "data_offsets must be [begin, end] but are " + offsets);
    }
    var bytes = bytes(dtype, shape);
    var held = offsets.get(1) - offsets.get(0);
    if (bytes != held) {
      throw broken(
          file,
          name,
          "%s %s takes %s bytes but data_offsets hold %d"
              .formatted(dtype.code(), shape, bytes < 0 ? "more than 2^63" : bytes, held));
    }
    return new Place(dtype, shape, offsets.get(0), offsets.get(1));
  }

  private static List<Long> longs(Path file, String name, String key, JsonNode node) {
    if (!node.isArray()) {
      throw broken(file, name, key + " is not a list");
    }
    var longs = new ArrayList<Long>();
    for (var element : node) {
      if (!element.isIntegralNumber() || !element.canConvertToLong() || element.longValue() < 0) {
        throw broken(
            file, name, "%s holds %s; expected whole numbers >= 0".formatted(key, element));
      }
      longs.add(element.longValue());
    }
    return List.copyOf(longs);
  }

  private static SafetensorsException broken(Path file, String name, String what) {
    return new SafetensorsException("%s: tensor \"%s\": %s".formatted(file, name, what));
  }
}
