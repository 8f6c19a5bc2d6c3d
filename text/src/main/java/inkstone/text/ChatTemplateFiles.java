package inkstone.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Finds the chat template of a Hugging Face directory, and the special tokens that it may use. */
final class ChatTemplateFiles {

  private ChatTemplateFiles() {}

  static Optional<ChatTemplate> open(Path directory) {
    Path config = directory.resolve("tokenizer_config.json");
    Path jinja = directory.resolve("chat_template.jinja");
    ObjectNode root =
        Files.exists(config)
            ? ChatJson.object(read(config), config.toString())
            : JsonNodeFactory.instance.objectNode();
    Optional<String> source =
        Files.exists(jinja) ? Optional.of(read(jinja)) : source(root.path("chat_template"));
    try {
      return source.map(text -> ChatTemplate.of(text, specialTokens(root)));
    } catch (TemplateException e) {
      throw new TemplateException(
          "%s: %s".formatted(Files.exists(jinja) ? jinja : config, e.getMessage()), e);
    }
  }

  static void save(Path directory, String source) {
    if (open(directory).filter(there -> there.source().equals(source)).isPresent()) {
      return;
    }
    var file = directory.resolve("chat_template.jinja");
    try {
      Files.writeString(file, source);
    } catch (IOException e) {
      throw new TemplateException("%s: cannot be written: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** A string; or a list of named ones, of which the one called default counts. */
  private static Optional<String> source(JsonNode node) {
    if (node.isString()) {
      return Optional.of(node.asString());
    }
    for (JsonNode entry : node) {
      if (entry.path("name").asString("").equals("default") && entry.path("template").isString()) {
        return Optional.of(entry.path("template").asString());
      }
    }
    return Optional.empty();
  }

  private static Map<String, String> specialTokens(ObjectNode root) {
    Map<String, String> tokens = new HashMap<>();
    root.forEachEntry(
        (key, value) -> {
          JsonNode content = value.isObject() ? value.path("content") : value;
          if (key.endsWith("_token") && content.isString()) {
            tokens.put(key, content.asString());
          }
        });
    return tokens;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new TemplateException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }
}
