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
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model as a Hugging Face directory: {@code config.json}, {@code model.safetensors} or its parts
 * with an index, {@code generation_config.json}, and the tokenizer's files, which the text room
 * reads and writes.
 */
public final class ModelDirectory {

  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = WeightFiles.SINGLE;
  private static final JsonMapper JSON = new JsonMapper();

  private ModelDirectory() {}

  /**
   * The network of a directory, in float32.
   *
   * @throws ModelException as {@link #open(Path, DType)}
   */
  public static Decoder open(Path directory) {
    return open(directory, DType.FLOAT32);
  }

  /**
   * The network of a directory, its weights and its arithmetic in one type. Weights that the file
   * has in that type, and under the decoder's own names, are not copied: the file stays mapped into
   * memory until they are freed, and is never written to. It may be replaced, but not be changed,
   * while they are in use.
   *
   * @param type a type of numbers with a fraction
   * @throws ModelException if a file is missing, cut, corrupted or of an unknown kind, or the
   *     weights do not fit into memory
   */
  public static Decoder open(Path directory, DType type) {
    var file = directory.resolve(CONFIG);
    var json = read(file);
    var format = Family.of(json, file.toString()).format();
    var scheme = scheme(file, json);
    var config = config(format, file, json);
    try (var scope = Scope.open()) {
      var files = WeightFiles.of(directory);
      var count = files.count();
      if (config.layers() > count.tensors()) {
        throw new ModelException(
            "%d weights are too few for %d layers".formatted(count.tensors(), config.layers()));
      }
      long bytes = count.numbers() * type.bytes();
      Memory.check(config, count.numbers(), bytes, "as " + type, Memory.available());
      var rows = new StoredRows();
      var weights =
          scheme
              .map(s -> CompressedTensors.unpack(files.open(type, true), s, rows))
              .orElseGet(() -> files.open(type));
      var stored = rows.receive(format.toDecoder(config, weights));
      return Assembly.stored(config, stored).computing(type);
    } catch (SafetensorsException e) {
      throw new ModelException(
          "%s cannot be read: %s; copy the model again".formatted(directory, e.getMessage()), e);
    } catch (TensorException e) {
      throw new ModelException("%s: %s".formatted(directory.resolve(WEIGHTS), e.getMessage()), e);
    } catch (ModelException e) {
      throw String.valueOf(e.getMessage()).startsWith(directory.toString())
          ? e
          : new ModelException("%s: %s".formatted(directory.resolve(WEIGHTS), e.getMessage()), e);
    }
  }

  private static DecoderConfig config(Family.Format format, Path file, JsonNode json) {
    try {
      return format.read(new ConfigReader(json));
    } catch (ModelException e) {
      throw new ModelException(file + ": " + e.getMessage(), e);
    }
  }

  /** How the weights are quantised; that is then taken from what the family's format reads. */
  private static Optional<WeightScheme> scheme(Path file, JsonNode json) {
    try {
      var scheme = CompressedTensors.read(json);
      scheme.ifPresent(s -> ((ObjectNode) json).remove(CompressedTensors.KEY));
      return scheme;
    } catch (ModelException e) {
      throw new ModelException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes a network so that Transformers opens it.
   *
   * @param endOfText the id that begins and ends a document, where there is one
   */
  public static void save(Path directory, Decoder decoder, OptionalInt endOfText) {
    save(directory, decoder, endOfText, Optional.empty());
  }

  /**
   * The same with the matrices of linear layers rounded to whole numbers, as Transformers with the
   * package {@code compressed-tensors} and {@link #open(Path)} read them. Embeddings, norms and the
   * output head stay as they are.
   *
   * @throws ModelException if the family has no linear layers in Transformers, or their rows do not
   *     part into the scheme's groups
   */
  public static void save(
      Path directory, Decoder decoder, OptionalInt endOfText, WeightScheme scheme) {
    save(directory, decoder, endOfText, Optional.of(scheme));
  }

  private static void save(
      Path directory, Decoder decoder, OptionalInt endOfText, Optional<WeightScheme> scheme) {
    try {
      Files.createDirectories(directory);
      var format = decoder.config().family().format();
      var json = JSON.createObjectNode();
      json.putArray("architectures").add(format.architecture());
      json.put("model_type", format.modelType());
      json.put("dtype", decoder.storedType().name().toLowerCase(Locale.ROOT));
      format.write(decoder.config(), json);
      scheme.ifPresent(each -> CompressedTensors.write(each, json));
      var generation = JSON.createObjectNode();
      endOfText.ifPresent(
          id -> {
            for (var node : new ObjectNode[] {json, generation}) {
              node.put("bos_token_id", id);
              node.put("eos_token_id", id);
            }
          });
      Scope.run(
          () -> {
            var tensors = format.toFile(decoder.config(), detached(decoder));
            Safetensors.write(
                directory.resolve(WEIGHTS),
                scheme.map(each -> CompressedTensors.pack(tensors, each)).orElse(tensors),
                Map.of("format", "pt"));
          });
      write(directory.resolve("generation_config.json"), generation);
      write(directory.resolve(CONFIG), json);
    } catch (IOException | SafetensorsException e) {
      throw new ModelException("%s cannot be written: %s".formatted(directory, e.getMessage()), e);
    }
  }

  private static Map<String, Tensor> detached(Decoder decoder) {
    var tensors = new LinkedHashMap<String, Tensor>();
    decoder.dense().forEach((name, tensor) -> tensors.put(name, tensor.detach()));
    return tensors;
  }

  static JsonNode read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ModelException(
          file
              + " is missing; a model directory has config.json, model.safetensors and"
              + " tokenizer.json");
    }
    try {
      return JSON.readTree(file.toFile());
    } catch (JacksonException e) {
      throw new ModelException(
          "%s is not JSON (%s); copy the model again".formatted(file, e.getOriginalMessage()), e);
    }
  }

  static void write(Path file, JsonNode json) throws IOException {
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
