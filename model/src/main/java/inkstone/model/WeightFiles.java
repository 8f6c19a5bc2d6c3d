package inkstone.model;

import inkstone.tensor.DType;
import inkstone.tensor.Safetensors;
import inkstone.tensor.SafetensorsFile;
import inkstone.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The weights of a directory: {@code model.safetensors}, or the parts that {@code
 * model.safetensors.index.json} names.
 *
 * @param files each with what it must hold; nothing is asked of a single one
 */
record WeightFiles(Map<Path, List<String>> files) {

  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";

  /** Those of a directory; the index counts where there is no single file. */
  static WeightFiles of(Path directory) {
    var single = directory.resolve(SINGLE);
    if (Files.exists(single) || !Files.exists(directory.resolve(INDEX))) {
      return new WeightFiles(Map.of(single, List.of()));
    }
    var index = directory.resolve(INDEX);
    var map = ModelDirectory.read(index).path("weight_map");
    if (!map.isObject() || map.isEmpty()) {
      throw new ModelException(
          index + ": weight_map must be an object that names a file for each weight");
    }
    var files = new LinkedHashMap<Path, List<String>>();
    for (var entry : map.properties()) {
      var file = directory.resolve(name(index, entry.getKey(), entry.getValue()));
      files.computeIfAbsent(file, f -> new ArrayList<>()).add(entry.getKey());
    }
    return new WeightFiles(files);
  }

  /** A file of the directory itself: an index may not point elsewhere. */
  private static String name(Path index, String weight, JsonNode file) {
    var name = file.isString() ? file.stringValue() : "";
    if (!name.matches("[\\w.-]+\\.safetensors")) {
      throw new ModelException(
          "%s: weight '%s' is in %s, which is no name of a safetensors file beside it"
              .formatted(index, weight, file));
    }
    return name;
  }

  /**
   * What the files hold.
   *
   * @param tensors of any kind
   * @param numbers of all weights
   */
  record Count(int tensors, long numbers) {}

  /** What is in them, by their headers alone. */
  Count count() {
    int tensors = 0;
    long numbers = 0;
    for (var file : files.keySet()) {
      try (var opened = SafetensorsFile.open(file)) {
        for (var name : opened.names()) {
          var entry = opened.entry(name);
          tensors++;
          numbers += isWeight(entry.dtype()) ? entry.data().byteSize() / entry.dtype().bytes() : 0;
        }
      }
    }
    return new Count(tensors, numbers);
  }

  /**
   * The weights in {@code type}: mapped where the file has that type, otherwise copies. Others than
   * numbers with a fraction (old masks) are no weights.
   */
  Map<String, Tensor> open(DType type) {
    return open(type, false);
  }

  /** The same, and whole numbers as they are where {@code all} are asked for. */
  Map<String, Tensor> open(DType type, boolean all) {
    var weights = new LinkedHashMap<String, Tensor>();
    files.forEach(
        (file, wanted) -> {
          var tensors = Safetensors.map(file);
          var missing = new TreeSet<>(wanted);
          missing.removeAll(tensors.keySet());
          if (!missing.isEmpty()) {
            throw new ModelException(
                "%s lacks weight '%s', which the index looks for in it; copy the model again"
                    .formatted(file, missing.first()));
          }
          tensors.forEach(
              (name, tensor) -> {
                if (isWeight(tensor.dtype())) {
                  weights.put(name, tensor.to(type));
                } else if (all) {
                  weights.put(name, tensor);
                }
              });
        });
    return weights;
  }

  private static boolean isWeight(DType type) {
    return switch (type) {
      case FLOAT32, FLOAT64, BFLOAT16, FLOAT16 -> true;
      case INT64, INT32, UINT16, UINT8, BOOL -> false;
    };
  }
}
