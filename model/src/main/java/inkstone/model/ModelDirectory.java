package inkstone.model;

import inkstone.tensor.DType;
import inkstone.tensor.Safetensors;
import inkstone.tensor.SafetensorsException;
import inkstone.tensor.SafetensorsFile;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import inkstone.tensor.TensorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model as a Hugging Face directory: {@code config.json}, {@code model.safetensors}, {@code
 * generation_config.json}, and the tokenizer's files, which the text room reads and writes.
 */
public final class ModelDirectory {

  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final JsonMapper JSON = new JsonMapper();

  private ModelDirectory() {}

  /**
   * The network of a directory, its weights as float32 in memory of their own.
   *
   * @throws ModelException if a file is missing, cut, corrupted or of an unknown kind
   */
  public static Decoder open(Path directory) {
    var file = directory.resolve(CONFIG);
    var json = read(file);
    var format = Family.of(json, file.toString()).format();
    var config = config(format, file, json);
    try (var scope = Scope.open()) {
      var weights = weights(directory.resolve(WEIGHTS));
      if (config.layers() > weights.size()) {
        throw new ModelException(
            "%d weights are too few for %d layers".formatted(weights.size(), config.layers()));
      }
      return Decoder.of(config, owned(format.toDecoder(config, weights)));
    } catch (SafetensorsException e) {
      throw new ModelException(
          "%s cannot be read: %s; copy the model again".formatted(directory, e.getMessage()), e);
    } catch (ModelException | TensorException e) {
      throw new ModelException("%s: %s".formatted(directory.resolve(WEIGHTS), e.getMessage()), e);
    }
  }

  private static DecoderConfig config(Family.Format format, Path file, JsonNode json) {
    try {
      return format.read(new ConfigReader(json));
    } catch (ModelException e) {
      throw new ModelException(file + ": " + e.getMessage(), e);
    }
  }

  /** The tensors of a file that are numbers with a fraction; others (old masks) are no weights. */
  private static Map<String, Tensor> weights(Path file) {
    var weights = new LinkedHashMap<String, Tensor>();
    try (var opened = SafetensorsFile.open(file)) {
      for (var name : opened.names()) {
        switch (opened.entry(name).dtype()) {
          case FLOAT32, FLOAT64, BFLOAT16, FLOAT16 ->
              weights.put(name, Safetensors.read(opened, name).to(DType.FLOAT32));
          case INT64, INT32, UINT16, UINT8, BOOL -> {}
        }
      }
    }
    return weights;
  }

  /** Each tensor with memory of its own, so that nothing else of the file stays in memory. */
  private static Map<String, Tensor> owned(Map<String, Tensor> tensors) {
    var owned = new LinkedHashMap<String, Tensor>();
    tensors.forEach((name, tensor) -> owned.put(name, tensor.contiguous()));
    return owned;
  }

  /**
   * Writes a network so that Transformers opens it.
   *
   * @param endOfText the id that begins and ends a document, where there is one
   */
  public static void save(Path directory, Decoder decoder, OptionalInt endOfText) {
    try {
      Files.createDirectories(directory);
      var format = decoder.config().family().format();
      var json = JSON.createObjectNode();
      json.putArray("architectures").add(format.architecture());
      json.put("model_type", format.modelType());
      json.put("dtype", "float32");
      format.write(decoder.config(), json);
      var generation = JSON.createObjectNode();
      endOfText.ifPresent(
          id -> {
            for (var node : new tools.jackson.databind.node.ObjectNode[] {json, generation}) {
              node.put("bos_token_id", id);
              node.put("eos_token_id", id);
            }
          });
      Scope.run(
          () ->
              Safetensors.write(
                  directory.resolve(WEIGHTS),
                  format.toFile(decoder.config(), detached(decoder)),
                  Map.of("format", "pt")));
      write(directory.resolve("generation_config.json"), generation);
      write(directory.resolve(CONFIG), json);
    } catch (IOException | SafetensorsException e) {
      throw new ModelException("%s cannot be written: %s".formatted(directory, e.getMessage()), e);
    }
  }

  private static Map<String, Tensor> detached(Decoder decoder) {
    var tensors = new LinkedHashMap<String, Tensor>();
    decoder.parameters().forEach((name, tensor) -> tensors.put(name, tensor.detach()));
    return tensors;
  }

  private static JsonNode read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ModelException(
          file
              + " is missing; a model directory has config.json, model.safetensors and tokenizer.json");
    }
    try {
      return JSON.readTree(file.toFile());
    } catch (JacksonException e) {
      throw new ModelException(
          "%s is not JSON (%s); copy the model again".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static void write(Path file, JsonNode json) throws IOException {
    var beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(
          beside, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(beside);
    }
  }
}
