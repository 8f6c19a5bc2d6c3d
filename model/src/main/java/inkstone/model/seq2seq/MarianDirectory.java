package inkstone.model.seq2seq;

import inkstone.model.ModelException;
import inkstone.model.seq2seq.Seq2SeqConfig.Activation;
import inkstone.model.seq2seq.Seq2SeqConfig.Ids;
import inkstone.model.seq2seq.Seq2SeqConfig.Norms;
import inkstone.model.seq2seq.Seq2SeqConfig.Stack;
import inkstone.tensor.DType;
import inkstone.tensor.Safetensors;
import inkstone.tensor.SafetensorsException;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A translation network as a Hugging Face directory in Marian's layout ({@code MarianMTModel}):
 * {@code config.json}, {@code generation_config.json}, {@code model.safetensors}. Marian has its
 * norms after; a network with norms before has the key {@code normalize_before} in its {@code
 * config.json} and two norms more, which Transformers' Marian does not know.
 */
public final class MarianDirectory {

  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String BIAS = "final_logits_bias";
  private static final double EPSILON = 1e-5;
  private static final JsonMapper JSON = new JsonMapper();

  private MarianDirectory() {}

  /**
   * The network of a directory, in float32.
   *
   * @throws ModelException if a file is missing, cut, corrupted or of another kind
   */
  public static Seq2Seq open(Path directory) {
    var file = directory.resolve(CONFIG);
    try (var scope = Scope.open()) {
      var config = config(read(file));
      var weights = new LinkedHashMap<String, Tensor>();
      Safetensors.map(directory.resolve(WEIGHTS))
          .forEach((name, tensor) -> weights.put(name, tensor.to(DType.FLOAT32)));
      var bias =
          Optional.ofNullable(weights.get(BIAS))
              .map(b -> b.reshape(-1).copy())
              .filter(b -> b.mul(b).sum().item() != 0);
      var network = MarianNames.toNetwork(config, weights);
      network.replaceAll((name, weight) -> weight.copy());
      return Seq2Seq.of(config, network, bias);
    } catch (ModelException e) {
      throw String.valueOf(e.getMessage()).startsWith(directory.toString())
          ? e
          : new ModelException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (SafetensorsException e) {
      throw new ModelException(
          "%s cannot be read: %s; copy the model again".formatted(directory, e.getMessage()), e);
    }
  }

  private static JsonNode read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new ModelException(
          file
              + " is missing; a translation model is a directory with config.json and model.safetensors");
    }
    try {
      return JSON.readTree(file.toFile());
    } catch (JacksonException e) {
      throw new ModelException(
          "%s is not JSON (%s); copy the model again".formatted(file, e.getOriginalMessage()), e);
    }
  }

  static Seq2SeqConfig config(JsonNode json) {
    var keys = new MarianKeys(json);
    keys.require("model_type", "marian", json.path("model_type").asString("missing"));
    keys.flag("tie_word_embeddings", true);
    keys.flag("share_encoder_decoder_embeddings", true);
    int vocabulary = keys.integer("vocab_size");
    return new Seq2SeqConfig(
        vocabulary,
        keys.integer("max_position_embeddings", 1024),
        keys.integer("d_model"),
        new Stack(
            keys.integer("encoder_layers"),
            keys.integer("encoder_attention_heads"),
            keys.integer("encoder_ffn_dim")),
        new Stack(
            keys.integer("decoder_layers"),
            keys.integer("decoder_attention_heads"),
            keys.integer("decoder_ffn_dim")),
        keys.activation(),
        json.path("normalize_before").asBoolean(false) ? Norms.PRE : Norms.POST,
        json.path("scale_embedding").asBoolean(false),
        EPSILON,
        new Ids(
            keys.integer("decoder_start_token_id"),
            keys.integer("eos_token_id"),
            keys.integer("pad_token_id")));
  }

  /**
   * Writes a network so that Transformers opens it; see {@link MarianDirectory} for norms before.
   *
   * @throws ModelException if that cannot be done
   */
  public static void save(Path directory, Seq2Seq network) {
    var config = network.config();
    try {
      Files.createDirectories(directory);
      Scope.run(
          () -> {
            var own = new LinkedHashMap<String, Tensor>();
            network.parameters().forEach((name, weight) -> own.put(name, weight.detach()));
            var file = new LinkedHashMap<>(MarianNames.toFile(own));
            var bias =
                network
                    .logitBias()
                    .map(Tensor::detach)
                    .orElseGet(
                        () -> Tensor.zeros(DType.FLOAT32, network.device(), config.vocabulary()));
            file.put(BIAS, bias.reshape(1, -1));
            Safetensors.write(directory.resolve(WEIGHTS), file, Map.of("format", "pt"));
          });
      var generation = JSON.createObjectNode();
      ids(config, generation);
      generation.putArray("bad_words_ids").addArray().add(config.ids().padding());
      generation.put("max_length", config.positions()).put("num_beams", 5);
      write(directory.resolve("generation_config.json"), generation);
      write(directory.resolve(CONFIG), json(config));
    } catch (IOException | SafetensorsException e) {
      throw new ModelException("%s cannot be written: %s".formatted(directory, e.getMessage()), e);
    }
  }

  private static ObjectNode json(Seq2SeqConfig config) {
    var json = JSON.createObjectNode();
    json.putArray("architectures").add("MarianMTModel");
    json.put("model_type", "marian").put("dtype", "float32").put("is_encoder_decoder", true);
    json.put("vocab_size", config.vocabulary()).put("decoder_vocab_size", config.vocabulary());
    json.put("max_position_embeddings", config.positions()).put("d_model", config.width());
    stack("encoder", config.encoder(), json);
    stack("decoder", config.decoder(), json);
    json.put(
        "activation_function",
        switch (config.activation()) {
          case RELU -> "relu";
          case SILU -> "silu";
          case GELU -> "gelu";
        });
    json.put("scale_embedding", config.scaled()).put("static_position_embeddings", true);
    json.put("share_encoder_decoder_embeddings", true).put("tie_word_embeddings", true);
    json.put("normalize_before", config.norms() == Norms.PRE);
    ids(config, json);
    return json;
  }

  private static void stack(String side, Stack stack, ObjectNode json) {
    json.put(side + "_layers", stack.layers());
    json.put(side + "_attention_heads", stack.heads());
    json.put(side + "_ffn_dim", stack.hidden());
  }

  private static void ids(Seq2SeqConfig config, ObjectNode json) {
    json.put("decoder_start_token_id", config.ids().start());
    json.put("eos_token_id", config.ids().end()).put("pad_token_id", config.ids().padding());
    json.putNull("bos_token_id").putNull("forced_eos_token_id");
  }

  /** Beside and renamed. */
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

  /** Looks values up in a config.json; what is missing or other is told with its key. */
  private record MarianKeys(JsonNode json) {

    int integer(String key) {
      var value = json.path(key);
      if (!value.isIntegralNumber() || !value.canConvertToInt()) {
        throw new ModelException(
            "%s must be a whole number, but is %s"
                .formatted(key, value.isMissingNode() ? "missing" : value));
      }
      return value.asInt();
    }

    int integer(String key, int otherwise) {
      return json.path(key).isMissingNode() ? otherwise : integer(key);
    }

    /** Refuses another value than the only one that is computed here. */
    void flag(String key, boolean only) {
      require(key, Boolean.toString(only), json.path(key).asString(Boolean.toString(only)));
    }

    void require(String key, String only, String value) {
      if (!value.equals(only)) {
        throw new ModelException(
            "%s '%s' is not supported; only '%s' is".formatted(key, value, only));
      }
    }

    Activation activation() {
      var name = json.path("activation_function").asString("gelu");
      return switch (name) {
        case "relu" -> Activation.RELU;
        case "silu", "swish" -> Activation.SILU;
        case "gelu" -> Activation.GELU;
        default ->
            throw new ModelException(
                "activation_function '%s' is not supported; relu, swish and gelu are"
                    .formatted(name));
      };
    }
  }
}
