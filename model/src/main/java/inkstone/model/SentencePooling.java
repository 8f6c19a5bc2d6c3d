package inkstone.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a directory makes one row of a text, in sentence-transformers' files: {@code modules.json},
 * {@code 1_Pooling/config.json} and {@code sentence_bert_config.json}.
 *
 * @param pooling which hidden states count
 * @param normalised whether the row gets length 1
 * @param longest how many tokens of a text are read, those around it among them; 0 for the context
 */
public record SentencePooling(Pooling pooling, boolean normalised, int longest) {

  private static final String MODULES = "modules.json";
  private static final String FOLDER = "1_Pooling";
  private static final JsonMapper JSON = new JsonMapper();

  /** The mean, of length 1: what a directory without those files means. */
  public static final SentencePooling USUAL = new SentencePooling(Pooling.MEAN, true, 0);

  /**
   * That of a directory; {@link #USUAL} where it has no {@code modules.json}.
   *
   * @throws ModelException if it asks for a module or a pooling that is not known
   */
  public static SentencePooling read(Path directory) {
    var file = directory.resolve(MODULES);
    if (!Files.exists(file)) {
      return USUAL;
    }
    var pooling = Pooling.MEAN;
    boolean normalised = false;
    for (var module : ModelDirectory.read(file)) {
      var type = module.path("type").asString("");
      switch (type.substring(type.lastIndexOf('.') + 1)) {
        case "Transformer" -> {}
        case "Pooling" ->
            pooling = pooling(directory.resolve(module.path("path").asString(FOLDER)));
        case "Normalize" -> normalised = true;
        default ->
            throw new ModelException(
                "%s: module '%s' is not supported; only Transformer, Pooling and Normalize are"
                    .formatted(file, type));
      }
    }
    var settings = directory.resolve("sentence_bert_config.json");
    int longest =
        Files.exists(settings)
            ? new ConfigReader(ModelDirectory.read(settings)).integer("max_seq_length", 0)
            : 0;
    return new SentencePooling(pooling, normalised, longest);
  }

  private static Pooling pooling(Path folder) {
    var file = folder.resolve("config.json");
    var json = ModelDirectory.read(file);
    var mode = json.path("pooling_mode").asString("");
    boolean mean = mode.equals("mean") || flag(json, "pooling_mode_mean_tokens");
    boolean cls = mode.equals("cls") || flag(json, "pooling_mode_cls_token");
    boolean others =
        flag(json, "pooling_mode_max_tokens")
            || flag(json, "pooling_mode_mean_sqrt_len_tokens")
            || flag(json, "pooling_mode_weightedmean_tokens")
            || flag(json, "pooling_mode_lasttoken");
    if (mean == cls || others) {
      throw new ModelException(
          file + ": only the pooling of mean tokens, or of the cls token, is supported");
    }
    return cls ? Pooling.CLS : Pooling.MEAN;
  }

  private static boolean flag(JsonNode json, String key) {
    return json.path(key).asBoolean(false);
  }

  /** Writes the files beside an encoder's. */
  public void write(Path directory, EncoderConfig config) {
    var modules = JSON.createArrayNode();
    var kinds =
        normalised
            ? new String[] {"Transformer", "Pooling", "Normalize"}
            : new String[] {"Transformer", "Pooling"};
    for (int i = 0; i < kinds.length; i++) {
      modules
          .addObject()
          .put("idx", i)
          .put("name", Integer.toString(i))
          .put("path", i == 0 ? "" : i + "_" + kinds[i])
          .put("type", "sentence_transformers.models." + kinds[i]);
    }
    var json = JSON.createObjectNode();
    json.put("word_embedding_dimension", config.width());
    json.put("pooling_mode_cls_token", pooling == Pooling.CLS);
    json.put("pooling_mode_mean_tokens", pooling == Pooling.MEAN);
    json.put("pooling_mode_max_tokens", false);
    json.put("pooling_mode_mean_sqrt_len_tokens", false);
    var settings = JSON.createObjectNode();
    settings.put("max_seq_length", longest == 0 ? config.context() : longest);
    settings.put("do_lower_case", false);
    try {
      Files.createDirectories(directory.resolve(FOLDER));
      if (normalised) {
        Files.createDirectories(directory.resolve("2_Normalize"));
      }
      ModelDirectory.write(directory.resolve(FOLDER).resolve("config.json"), json);
      ModelDirectory.write(directory.resolve("sentence_bert_config.json"), settings);
      ModelDirectory.write(directory.resolve(MODULES), modules);
    } catch (IOException e) {
      throw new ModelException("%s cannot be written: %s".formatted(directory, e.getMessage()), e);
    }
  }
}
