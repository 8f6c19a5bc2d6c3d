package inkstone.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How sentences of both languages of a translation model are written. Kept in its {@code
 * tokenizer_config.json}, under keys that Transformers' translation tokenizers use too.
 */
public record TranslationForm(SentenceForm source, SentenceForm target) {

  private static final String FILE = "tokenizer_config.json";
  private static final String SOURCE = "source_lang";
  private static final String TARGET = "target_lang";
  private static final String LOWERCASE = "do_lower_case";
  private static final String MOSES = "moses";
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Reads it.
   *
   * @throws TokenizerException if the file is missing, or does not say
   */
  public static TranslationForm read(Path directory) {
    var file = directory.resolve(FILE);
    var json = json(file);
    return new TranslationForm(form(file, json, SOURCE), form(file, json, TARGET));
  }

  private static SentenceForm form(Path file, JsonNode json, String key) {
    var language = json.path(key).asString("");
    if (language.isEmpty()) {
      throw new TokenizerException(
          "%s has no '%s', so this is no translation model of Inkstone's; give one that ./inkstone pretrain made by a recipe with task: translation"
              .formatted(file, key));
    }
    var moses = json.path(MOSES);
    boolean cut = false;
    for (var each : moses.isArray() ? moses : JSON.createArrayNode()) {
      cut |= each.asString("").equals(language);
    }
    return new SentenceForm(language, cut, json.path(LOWERCASE).asBoolean(false));
  }

  private static JsonNode json(Path file) {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new TokenizerException("%s cannot be read: %s".formatted(file, e), e);
    } catch (JacksonException e) {
      throw new TokenizerException("%s is not JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** Adds it to the file that {@link Tokenizer#save} has written. */
  public void save(Path directory) {
    var file = directory.resolve(FILE);
    if (!(json(file) instanceof ObjectNode json)) {
      throw new TokenizerException(file + " is no JSON object; save the tokenizer again");
    }
    json.put(SOURCE, source.language()).put(TARGET, target.language());
    json.put(LOWERCASE, source.lowercase() || target.lowercase());
    var cut = json.putArray(MOSES);
    for (var form : new SentenceForm[] {source, target}) {
      if (form.moses()) {
        cut.add(form.language());
      }
    }
    try {
      TokenizerFiles.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    } catch (IOException e) {
      throw new TokenizerException("%s cannot be written: %s".formatted(file, e), e);
    }
  }
}
