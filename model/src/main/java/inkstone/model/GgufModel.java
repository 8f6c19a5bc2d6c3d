package inkstone.model;

import inkstone.model.GgufArchitecture.Place;
import inkstone.model.GgufArchitecture.Trait;
import inkstone.tensor.Gguf;
import inkstone.tensor.GgufException;
import inkstone.tensor.GgufFile;
import inkstone.tensor.GgufType;
import inkstone.tensor.GgufWriter;
import inkstone.tensor.QuantizedMatrix;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import inkstone.tensor.TensorException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model as a GGUF file, as llama.cpp runs it: metadata and tensor names are put in Hugging Face's
 * words ({@link GgufArchitecture}), and the {@link Family} takes it from there, so that a family is
 * written down once.
 */
public final class GgufModel {

  private static final String ARCHITECTURE = "general.architecture";
  private static final JsonMapper JSON = new JsonMapper();

  /** {@code general.file_type} of what is written: llama.cpp's enum llama_ftype. */
  private static final Map<GgufType, Long> FILE_TYPES =
      Map.of(GgufType.F32, 0L, GgufType.F16, 1L, GgufType.Q4_0, 2L, GgufType.Q8_0, 7L);

  private GgufModel() {}

  /** Whether a path is that of a GGUF file, judged by its name alone. */
  public static boolean isGguf(Path path) {
    var name = path.getFileName();
    return name != null && name.toString().toLowerCase(java.util.Locale.ROOT).endsWith(".gguf");
  }

  /**
   * The network of a file, its weights in memory of their own. Matrices stay in their blocks and
   * take about the memory of the file; where the Vector API is missing, which makes them fast, they
   * become float32, as other tensors do.
   *
   * @throws ModelException if the file is missing, cut, corrupted or of an unknown kind
   */
  public static Decoder open(Path path) {
    return open(path, QuantizedMatrix.isFast());
  }

  /**
   * The same with all weights as float32, so that the network can be trained further.
   *
   * @throws ModelException as {@link #open(Path)}
   */
  public static Decoder widened(Path path) {
    return open(path, false);
  }

  private static Decoder open(Path path, boolean blocks) {
    try (var file = GgufFile.open(path)) {
      return open(file, path, blocks);
    } catch (GgufException e) {
      throw new ModelException(String.valueOf(e.getMessage()), e);
    }
  }

  /** As {@link #open(Path)}, of a file that is open; {@code path} names it in messages. */
  public static Decoder open(GgufFile file, Path path) {
    return open(file, path, QuantizedMatrix.isFast());
  }

  /** The same; {@code blocks} says whether matrices stay in theirs. */
  public static Decoder open(GgufFile file, Path path, boolean blocks) {
    var where = path.toString();
    var name = String.valueOf(file.metadata().get(ARCHITECTURE));
    boolean experts =
        file.metadata().get(name + ".expert_count") instanceof Number n && n.longValue() > 0;
    var architecture = GgufArchitectures.named(name, experts, where);
    try {
      var source = new GgufWeights(file, blocks);
      return Assembly.decoder(
          GgufConfig.json(contents(file), architecture),
          file.names().size(),
          config -> {
            Memory.check(
                config, numbers(file), bytes(file, blocks), stored(blocks), Memory.available());
            return weights(source, places(file, architecture), architecture, config);
          },
          source::arranged);
    } catch (ModelException | TensorException | GgufException e) {
      throw new ModelException("%s: %s".formatted(where, e.getMessage()), e);
    }
  }

  private static String stored(boolean blocks) {
    return blocks ? "as they are stored" : "as FLOAT32";
  }

  private static long numbers(GgufFile file) {
    return file.names().stream()
        .map(file::entry)
        .mapToLong(e -> e.data().byteSize() / e.type().blockBytes() * e.type().blockElements())
        .sum();
  }

  /** What the weights take in memory. */
  private static long bytes(GgufFile file, boolean blocks) {
    return file.names().stream()
        .map(file::entry)
        .mapToLong(
            entry ->
                blocks
                        && entry.shape().size() > 1
                        && QuantizedMatrix.keeps(entry.type(), entry.shape().getLast())
                    ? entry.data().byteSize()
                    : entry.data().byteSize()
                        / entry.type().blockBytes()
                        * entry.type().blockElements()
                        * Float.BYTES)
        .sum();
  }

  private static GgufConfig.Contents contents(GgufFile file) {
    var shapes = new LinkedHashMap<String, List<Long>>();
    file.names().forEach(name -> shapes.put(name, file.entry(name).shape()));
    return new GgufConfig.Contents(
        file.metadata(),
        shapes,
        name -> {
          try (var vector = Gguf.read(file, name)) {
            return vector.toFloats();
          }
        });
  }

  /** Where each of Hugging Face's tensors lies. */
  private static Map<String, Place> places(GgufFile file, GgufArchitecture architecture) {
    var places = new LinkedHashMap<String, Place>();
    for (var name : file.names()) {
      if (GgufRotary.TENSORS.contains(name)) {
        continue;
      }
      var shape = file.entry(name).shape();
      var theirs = architecture.theirs(name, shape.size() == 3 ? shape.getFirst() : 0);
      if (theirs.isEmpty()) {
        throw new ModelException(
            "tensor '%s' %s is unknown in a %s model; a newer program may know it"
                .formatted(name, shape, architecture.name()));
      }
      places.putAll(theirs);
    }
    return places;
  }

  /** Every tensor under Hugging Face's name. */
  private static Map<String, Tensor> weights(
      GgufWeights source,
      Map<String, Place> places,
      GgufArchitecture architecture,
      DecoderConfig config) {
    source.places(places);
    var weights = new LinkedHashMap<String, Tensor>();
    places.forEach(
        (theirs, place) ->
            weights.put(
                theirs, arranged(source.read(theirs, place), theirs, architecture, config, true)));
    return weights;
  }

  /** Numbers, rows and columns as the other format has them. */
  private static Tensor arranged(
      Tensor tensor,
      String theirs,
      GgufArchitecture architecture,
      DecoderConfig config,
      boolean reading) {
    if (architecture.has(Trait.TRANSPOSED)
        && tensor.rank() == 2
        && theirs.startsWith(architecture.blocks())) {
      return tensor.transpose(0, 1);
    }
    if (architecture.has(Trait.WHOLE_NORMS) && theirs.endsWith("norm.weight")) {
      return tensor.add(reading ? -1 : 1);
    }
    var heads =
        architecture.has(Trait.NEIGHBOURS) ? heads(theirs, config) : Optional.<Integer>empty();
    if (heads.isEmpty()) {
      return tensor;
    }
    return reading
        ? RotaryOrder.halves(tensor, heads.get())
        : RotaryOrder.neighbours(tensor, heads.get());
  }

  private static Optional<Integer> heads(String theirs, DecoderConfig config) {
    return theirs.contains("q_proj.")
        ? Optional.of(config.heads())
        : theirs.contains("k_proj.") ? Optional.of(config.keyValueHeads()) : Optional.empty();
  }

  /**
   * Writes a network so that llama.cpp runs it.
   *
   * @param type of the matrices: F32, F16, Q8_0 or Q4_0. Vectors and learned positions stay
   *     float32, rows that do not divide into blocks are float16, and beside Q4_0 the vocabulary's
   *     matrices are Q8_0, for their errors are seen in every token
   * @param more metadata besides the network's own: the vocabulary, a name, a chat template
   * @throws ModelException if that fails; what was at {@code path} is then as it was
   */
  public static void save(Path path, Decoder decoder, GgufType type, Map<String, Object> more) {
    var config = decoder.config();
    var architecture = GgufArchitectures.of(config.family().format().modelType());
    try (var scope = Scope.open()) {
      var detached = new LinkedHashMap<String, Tensor>();
      decoder.dense().forEach((name, tensor) -> detached.put(name, tensor.detach()));
      var tensors = named(detached, architecture, config);
      var metadata = metadata(config, architecture, type, tensors);
      metadata.putAll(more);
      var specs = new ArrayList<GgufWriter.Spec>();
      tensors.forEach(
          (name, tensor) -> specs.add(Gguf.spec(name, stored(name, type, tensor), tensor)));
      Gguf.write(path, metadata, specs, tensors);
    } catch (GgufException | TensorException e) {
      throw new ModelException("%s cannot be written: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** The decoder's tensors under GGUF's names, experts one behind the other. */
  private static Map<String, Tensor> named(
      Map<String, Tensor> decoder, GgufArchitecture architecture, DecoderConfig config) {
    int experts =
        config.style().blocks().stream()
            .flatMap(block -> block.experts().stream())
            .mapToInt(ExpertsConfig::count)
            .max()
            .orElse(0);
    var places = architecture.places(config.layers(), experts);
    var parts = new LinkedHashMap<String, List<Tensor>>();
    config
        .family()
        .format()
        .toFile(config, decoder)
        .forEach(
            (theirs, tensor) -> {
              var place = places.get(theirs);
              if (place == null) {
                throw new ModelException("weight '" + theirs + "' has no name in GGUF");
              }
              parts
                  .computeIfAbsent(place.tensor(), name -> new ArrayList<>())
                  .add(arranged(tensor, theirs, architecture, config, false));
            });
    var tensors = new LinkedHashMap<String, Tensor>();
    parts.forEach(
        (name, several) ->
            tensors.put(
                name,
                name.contains("_exps.")
                    ? Tensor.joined(several).reshape(stack(several))
                    : several.getFirst()));
    return tensors;
  }

  private static long[] stack(List<Tensor> matrices) {
    var one = matrices.getFirst();
    return new long[] {matrices.size(), one.size(0), one.size(1)};
  }

  /** Adds the vectors that are part of the configuration to the tensors. */
  private static Map<String, Object> metadata(
      DecoderConfig config,
      GgufArchitecture architecture,
      GgufType type,
      Map<String, Tensor> tensors) {
    var format = config.family().format();
    var json = JSON.createObjectNode();
    format.write(config, json);
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put(ARCHITECTURE, architecture.name());
    metadata.put("general.type", "model");
    var fileType = FILE_TYPES.get(type);
    if (fileType != null) {
      metadata.put("general.file_type", fileType);
    }
    metadata.put("general.quantization_version", 2L);
    metadata.putAll(GgufConfig.metadata(json, config, architecture));
    GgufConfig.rotary(config)
        .ifPresent(
            rotary ->
                GgufRotary.write(rotary, rotary.dims(config.headDim()), architecture, metadata)
                    .forEach((name, numbers) -> tensors.put(name, vector(numbers))));
    var said = JSON.createObjectNode();
    format.write(
        format.read(new ConfigReader(GgufConfig.json(contents(metadata, tensors), architecture))),
        said);
    GgufConfig.same(json, said);
    return metadata;
  }

  private static GgufConfig.Contents contents(
      Map<String, Object> metadata, Map<String, Tensor> tensors) {
    var shapes = new LinkedHashMap<String, List<Long>>();
    tensors.forEach(
        (name, tensor) -> shapes.put(name, Arrays.stream(tensor.shape()).boxed().toList()));
    return new GgufConfig.Contents(
        metadata, shapes, name -> Objects.requireNonNull(tensors.get(name)).toFloats());
  }

  private static Tensor vector(List<Double> numbers) {
    var floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = numbers.get(i).floatValue();
    }
    return Tensor.of(floats, floats.length);
  }

  private static GgufType stored(String name, GgufType wanted, Tensor tensor) {
    if (name.equals("position_embd.weight")) {
      return GgufType.F32;
    }
    boolean vocabulary = List.of("token_embd.weight", "output.weight").contains(name);
    return Gguf.fitting(vocabulary && wanted == GgufType.Q4_0 ? GgufType.Q8_0 : wanted, tensor);
  }
}
