package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands before the data of a GGUF file.
 *
 * @param version 2 or 3; they differ in what a big-endian file would mean alone
 * @param metadata the values by key
 * @param tensors by name, in the order of their data
 */
record GgufHeader(int version, Map<String, Object> metadata, Map<String, Place> tensors) {

  static final int MAGIC = 0x46554747; // "GGUF"
  static final int DEFAULT_ALIGNMENT = 32;
  static final String ALIGNMENT = "general.alignment";

  static final int MAX_DIMENSIONS = 4;
  private static final int MAX_NAME = 65_535;

  /** Where a tensor lies: {@code [begin, end)} in bytes from the start of the file. */
  record Place(GgufType type, List<Long> shape, long begin, long end) {}

  /** Reads and checks the header of a whole file. */
  static GgufHeader parse(Path path, MemorySegment file) {
    var in = new GgufCursor(path, file);
    int version = start(path, in, file.byteSize());
    long tensors = in.count(24, "the number of tensors");
    long keys = in.count(13, "the number of metadata keys");
    var metadata = new LinkedHashMap<String, Object>();
    for (long i = 0; i < keys; i++) {
      var key = in.string(MAX_NAME, "key " + i);
      var what = "the value of \"" + key + "\"";
      if (metadata.put(key, GgufValue.read(in, in.int32(what), what)) != null) {
        throw in.broken("key \"" + key + "\" comes twice");
      }
    }
    long alignment = alignment(in, metadata);
    var places = new ArrayList<Map.Entry<String, Place>>();
    var names = new HashSet<String>();
    for (long i = 0; i < tensors; i++) {
      var name = in.string(MAX_NAME, "the name of tensor " + i);
      if (!names.add(name)) {
        throw in.broken("tensor \"" + name + "\" comes twice");
      }
      places.add(Map.entry(name, place(in, "tensor \"" + name + "\"", alignment)));
    }
    long data = padded(in.at(), alignment);
    return new GgufHeader(
        version,
        Collections.unmodifiableMap(metadata),
        Collections.unmodifiableMap(located(in, places, data, file.byteSize())));
  }

  private static int start(Path path, GgufCursor in, long bytes) {
    if (bytes < 24 || in.int32("the magic number") != MAGIC) {
      throw new GgufException(
          path + ": this is not a GGUF file: those begin with the letters GGUF and 20 bytes more");
    }
    int version = in.int32("the version");
    if (version != 2 && version != 3) {
      boolean swapped = version == Integer.reverseBytes(2) || version == Integer.reverseBytes(3);
      throw new GgufException(
          "%s: GGUF %s cannot be read; fetch or convert a little-endian file of version 2 or 3"
              .formatted(
                  path,
                  swapped
                      ? "in big-endian order"
                      : "version " + Integer.toUnsignedString(version)));
    }
    return version;
  }

  private static long alignment(GgufCursor in, Map<String, Object> metadata) {
    var value = metadata.getOrDefault(ALIGNMENT, (long) DEFAULT_ALIGNMENT);
    if (!(value instanceof Long alignment)
        || Long.bitCount(alignment) != 1
        || alignment > 1 << 30
        || alignment < 1) {
      throw in.broken("%s is %s; expected a power of two".formatted(ALIGNMENT, value));
    }
    return alignment;
  }

  /** A tensor's type and shape; its place counts from the start of the data yet. */
  private static Place place(GgufCursor in, String what, long alignment) {
    int dimensions = in.int32(what);
    if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
      throw in.broken(
          "%s has %s dimensions; at most %d are allowed"
              .formatted(what, Integer.toUnsignedString(dimensions), MAX_DIMENSIONS));
    }
    var shape = new ArrayList<Long>();
    for (int i = 0; i < dimensions; i++) {
      shape.addFirst(in.int64(what)); // a file has the innermost first
    }
    int code = in.int32(what);
    var type = GgufType.of(code);
    if (type.isEmpty()) {
      throw in.broken("%s has the unknown type %s".formatted(what, Integer.toUnsignedString(code)));
    }
    long bytes = bytes(type.get(), shape);
    if (bytes < 0) {
      throw in.broken("%s: no %s tensor can have the shape %s".formatted(what, type.get(), shape));
    }
    long offset = in.int64(what);
    if (offset < 0 || offset % alignment != 0 || offset > Long.MAX_VALUE - bytes) {
      throw in.broken(
          "%s: its data cannot start at byte %s; expected a multiple of %d"
              .formatted(what, Long.toUnsignedString(offset), alignment));
    }
    return new Place(type.get(), List.copyOf(shape), offset, offset + bytes);
  }

  /** Places counted from the start of the file, none outside of it and no two upon each other. */
  private static Map<String, Place> located(
      GgufCursor in, List<Map.Entry<String, Place>> places, long data, long fileBytes) {
    places.sort(
        Comparator.<Map.Entry<String, Place>>comparingLong(entry -> entry.getValue().begin())
            .thenComparingLong(entry -> entry.getValue().end()));
    var tensors = new LinkedHashMap<String, Place>();
    long at = 0;
    for (var entry : places) {
      var place = entry.getValue();
      if (place.end() > fileBytes - data) {
        throw in.broken(
            "tensor \"%s\" ends at byte %d of the data, which has %d"
                .formatted(entry.getKey(), place.end(), Math.max(0, fileBytes - data)));
      }
      if (place.begin() < at) {
        throw in.broken(
            "tensor \"%s\" starts at byte %d of the data, inside the one before"
                .formatted(entry.getKey(), place.begin()));
      }
      at = place.end();
      tensors.put(
          entry.getKey(),
          new Place(place.type(), place.shape(), data + place.begin(), data + place.end()));
    }
    return tensors;
  }

  /** Bytes of a tensor, or -1 if there is no such tensor or its size does not fit a long. */
  static long bytes(GgufType type, List<Long> shape) {
    long row = shape.isEmpty() ? 1 : shape.getLast();
    if (row % type.blockElements() != 0) {
      return -1;
    }
    try {
      long elements = 1;
      for (long size : shape) {
        elements = Math.multiplyExact(elements, size < 0 ? Long.MAX_VALUE : size);
      }
      return Math.multiplyExact(elements / type.blockElements(), (long) type.blockBytes());
    } catch (ArithmeticException e) {
      return -1;
    }
  }

  static long padded(long at, long alignment) {
    return (at + alignment - 1) / alignment * alignment;
  }
}
