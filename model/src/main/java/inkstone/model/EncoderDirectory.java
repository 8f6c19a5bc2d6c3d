package inkstone.model;

import inkstone.tensor.DType;
import inkstone.tensor.Safetensors;
import inkstone.tensor.SafetensorsException;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import inkstone.tensor.TensorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** An encoder as a Hugging Face directory: {@code config.json} and {@code model.safetensors}. */
public final class EncoderDirectory {

  private static final String CONFIG = "config.json";
  private static final JsonMapper JSON = new JsonMapper();

  private EncoderDirectory() {}

  /** Whether a directory's config.json is that of an encoder. */
  public static boolean isOne(Path directory) {
    return Files.isRegularFile(directory.resolve(CONFIG))
        && EncoderFamily.isOne(ModelDirectory.read(directory.resolve(CONFIG)));
  }

  /**
   * The network of a directory, in float32.
   *
   * @throws ModelException if a file is missing, cut, corrupted or of an unknown kind, or the
   *     weights do not fit into memory
   */
  public static Encoder open(Path directory) {
    var file = directory.resolve(CONFIG);
    var json = ModelDirectory.read(file);
    try (var scope = Scope.open()) {
      var files = WeightFiles.of(directory);
      long numbers = files.count().numbers();
      long bytes = numbers * DType.FLOAT32.bytes();
      Memory.check(numbers, bytes, "as float32", Memory.available());
      var weights = files.open(DType.FLOAT32);
      boolean pooled = weights.keySet().stream().anyMatch(n -> n.endsWith("pooler.dense.weight"));
      var config = read(file, () -> EncoderJson.read(json, pooled));
      var own = new LinkedHashMap<String, Tensor>();
      EncoderNames.read(config, weights)
          .toEncoder(weights)
          .forEach((name, tensor) -> own.put(name, tensor.copy()));
      return Encoder.of(config, own);
    } catch (SafetensorsException e) {
      throw new ModelException(
          "%s cannot be read: %s; copy the model again".formatted(directory, e.getMessage()), e);
    } catch (TensorException e) {
      throw new ModelException(directory + ": " + e.getMessage(), e);
    } catch (ModelException e) {
      throw String.valueOf(e.getMessage()).startsWith(directory.toString())
          ? e
          : new ModelException(
              "%s: %s".formatted(directory.resolve(WeightFiles.SINGLE), e.getMessage()), e);
    }
  }

  private static EncoderConfig read(Path file, java.util.function.Supplier<EncoderConfig> reader) {
    try {
      return reader.get();
    } catch (ModelException e) {
      throw new ModelException(file + ": " + e.getMessage(), e);
    }
  }

  /** Writes a network so that Transformers opens it. */
  public static void save(Path directory, Encoder encoder) {
    try {
      Files.createDirectories(directory);
      var json = JSON.createObjectNode();
      EncoderJson.write(encoder.config(), json);
      json.put("dtype", "float32");
      Scope.run(
          () -> {
            var tensors = new LinkedHashMap<String, Tensor>();
            encoder.parameters().forEach((name, tensor) -> tensors.put(name, tensor.detach()));
            Safetensors.write(
                directory.resolve(WeightFiles.SINGLE),
                EncoderNames.written(encoder.config()).toFile(tensors),
                Map.of("format", "pt"));
          });
      ModelDirectory.write(directory.resolve(CONFIG), json);
    } catch (IOException | SafetensorsException e) {
      throw new ModelException("%s cannot be written: %s".formatted(directory, e.getMessage()), e);
    }
  }
}
