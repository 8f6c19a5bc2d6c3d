package inkstone.model;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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

  /** What a network may have and our files do not say: better refused than lost. */
  private static final List<String> UNWRITTEN =
      List.of("rope_scaling", "partial_rotary_factor", "sliding_window");

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
    var architecture =
        GgufArchitecture.named(String.valueOf(file.metadata().get(ARCHITECTURE)), where);
    try {
      var source = new GgufWeights(file, blocks);
      return Assembly.decoder(
          config(file, architecture),
          file.names().size(),
          config -> weights(source, names(file, architecture), architecture, config),
          source::arranged);
    } catch (ModelException | TensorException | GgufException e) {
      throw new ModelException("%s: %s".formatted(where, e.getMessage()), e);
    }
  }

  /** What config.json would say. */
  private static ObjectNode config(GgufFile file, GgufArchitecture architecture) {
    var names = file.names();
    var json = JSON.createObjectNode().put("model_type", architecture.modelType());
    if (file.metadata().get("split.count") instanceof Number parts && parts.longValue() > 1) {
      throw new ModelException(
          "this is one of %s parts; merge them with llama-gguf-split first".formatted(parts));
    }
    for (var key : architecture.keys()) {
      var name = architecture.name() + "." + key.gguf();
      var value = file.metadata().get(name);
      if (value != null && !json.has(key.theirs())) {
        put(json, key, name, value);
      }
    }
    var scaling = file.metadata().get(architecture.name() + ".rope.scaling.type");
    if (scaling != null && !scaling.equals("none")) {
      throw new ModelException(
          "scaled rotary positions (%s) cannot be read from GGUF yet; take the model's Hugging Face directory"
              .formatted(scaling));
    }
    json.put("tie_word_embeddings", !names.contains("output.weight"));
    if (!architecture.modelType().equals("qwen2")) { // it always has them, and no key for it
      json.put("attention_bias", names.contains("blk.0.attn_q.bias"));
      json.put("mlp_bias", names.contains("blk.0.ffn_up.bias"));
    }
    if (names.contains("token_embd.weight")) {
      var shape = file.entry("token_embd.weight").shape();
      json.put("vocab_size", shape.isEmpty() ? 0 : shape.getFirst());
    }
    return json;
  }

  private static void put(ObjectNode json, GgufArchitecture.Key key, String name, Object value) {
    switch (value) {
      case Integer number when key.whole() -> json.put(key.theirs(), number);
      case Long number when key.whole() -> json.put(key.theirs(), number);
      // The decimal that was meant: 1e-5, not 0.0000099999997.
      case Float number when !key.whole() ->
          json.put(key.theirs(), Double.parseDouble(number.toString()));
      case Double number when !key.whole() -> json.put(key.theirs(), number);
      default ->
          throw new ModelException(
              "%s is %s; expected %s"
                  .formatted(name, value, key.whole() ? "a whole number" : "a float"));
    }
  }

  /** Hugging Face's name of every tensor. */
  private static Map<String, String> names(GgufFile file, GgufArchitecture architecture) {
    var names = new LinkedHashMap<String, String>();
    for (var name : file.names()) {
      var theirs =
          architecture
              .theirs(name)
              .orElseThrow(
                  () ->
                      new ModelException(
                          "tensor '%s' is unknown in a %s model; a newer program may know it"
                              .formatted(name, architecture.name())));
      names.put(name, theirs);
    }
    return names;
  }

  /** Every tensor under Hugging Face's name and in its order. */
  private static Map<String, Tensor> weights(
      GgufWeights source,
      Map<String, String> names,
      GgufArchitecture architecture,
      DecoderConfig config) {
    source.names(names);
    var weights = new LinkedHashMap<String, Tensor>();
    names.forEach(
        (name, theirs) ->
            weights.put(
                theirs, arranged(source.read(name, theirs), theirs, architecture, config, true)));
    return weights;
  }

  /** Rows and columns as the other format has them. */
  private static Tensor arranged(
      Tensor tensor,
      String theirs,
      GgufArchitecture architecture,
      DecoderConfig config,
      boolean reading) {
    if (architecture.transposed()
        && tensor.rank() == 2
        && theirs.startsWith(architecture.blocks())) {
      return tensor.transpose(0, 1);
    }
    var heads = architecture.interleaved() ? heads(theirs, config) : Optional.<Integer>empty();
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
    var format = config.family().format();
    var architecture = GgufArchitecture.of(format.modelType());
    try (var scope = Scope.open()) {
      var metadata = metadata(config, architecture, type);
      metadata.putAll(more);
      var detached = new LinkedHashMap<String, Tensor>();
      decoder.dense().forEach((name, tensor) -> detached.put(name, tensor.detach()));
      var names = architecture.gguf(config.layers());
      var tensors = new LinkedHashMap<String, Tensor>();
      var specs = new ArrayList<GgufWriter.Spec>();
      format
          .toFile(config, detached)
          .forEach(
              (theirs, tensor) -> {
                var name = names.get(theirs);
                if (name == null) {
                  throw new ModelException("weight '" + theirs + "' has no name in GGUF");
                }
                var arranged = arranged(tensor, theirs, architecture, config, false);
                tensors.put(name, arranged);
                specs.add(Gguf.spec(name, stored(name, type, arranged), arranged));
              });
      Gguf.write(path, metadata, specs, tensors);
    } catch (GgufException | TensorException e) {
      throw new ModelException("%s cannot be written: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static Map<String, Object> metadata(
      DecoderConfig config, GgufArchitecture architecture, GgufType type) {
    var json = JSON.createObjectNode();
    config.family().format().write(config, json);
    for (var key : UNWRITTEN) {
      if (json.hasNonNull(key)) {
        throw new ModelException(
            "%s %s cannot be written as GGUF yet; keep the Hugging Face directory"
                .formatted(key, json.get(key)));
      }
    }
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put(ARCHITECTURE, architecture.name());
    metadata.put("general.type", "model");
    var fileType = FILE_TYPES.get(type);
    if (fileType != null) {
      metadata.put("general.file_type", fileType);
    }
    metadata.put("general.quantization_version", 2L);
    metadata.put(architecture.name() + ".vocab_size", (long) config.vocabulary());
    for (var key : architecture.keys()) {
      var value = json.get(key.theirs());
      if (value != null && value.isNumber()) {
        metadata.put(
            architecture.name() + "." + key.gguf(),
            key.whole() ? (Object) value.asLong() : (Object) (float) value.asDouble());
      }
    }
    return metadata;
  }

  private static GgufType stored(String name, GgufType wanted, Tensor tensor) {
    if (name.equals("position_embd.weight")) {
      return GgufType.F32;
    }
    boolean vocabulary = List.of("token_embd.weight", "output.weight").contains(name);
    return Gguf.fitting(vocabulary && wanted == GgufType.Q4_0 ? GgufType.Q8_0 : wanted, tensor);
  }
}
