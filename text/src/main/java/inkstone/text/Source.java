package inkstone.text;

import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Where a component was read, for messages, and the checked reading of its keys.
 *
 * @param where names the file
 */
record Source(String where) {

  static boolean absent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  /** The type of a component, empty where it has none. */
  static String type(JsonNode node) {
    return node.path("type").asString("");
  }

  TokenizerException error(String key, String problem) {
    return new TokenizerException("%s: %s %s".formatted(where, key, problem));
  }

  TokenizerException unsupported(String key, String value, String supported) {
    return new TokenizerException(
        "%s: %s '%s' is not supported; supported: %s".formatted(where, key, value, supported));
  }

  /** A string that must be there. */
  String text(JsonNode node, String key, String name) {
    if (!node.path(name).isString()) {
      throw error(key + "." + name, "must be a string, but is " + shown(node.path(name)));
    }
    return node.path(name).asString();
  }

  /** A single character that must be there. */
  int character(JsonNode node, String key, String name) {
    String text = text(node, key, name);
    if (text.isEmpty() || text.codePointCount(0, text.length()) != 1) {
      throw error(key + "." + name, "must be one character, but is '%s'".formatted(text));
    }
    return text.codePointAt(0);
  }

  /** A truth value that must be there. */
  boolean flag(JsonNode node, String key, String name) {
    if (!node.path(name).isBoolean()) {
      throw error(key + "." + name, "must be true or false, but is " + shown(node.path(name)));
    }
    return node.path(name).asBoolean();
  }

  /** A truth value that is {@code otherwise} where it is absent. */
  boolean flag(JsonNode node, String key, String name, boolean otherwise) {
    return absent(node.path(name)) ? otherwise : flag(node, key, name);
  }

  /** A number from 0. */
  int count(JsonNode node, String key, String name) {
    JsonNode value = node.path(name);
    if (!value.isInt() || value.intValue() < 0) {
      throw error(key + "." + name, "must be a number from 0, but is " + shown(value));
    }
    return value.intValue();
  }

  /** The {@code pattern} of a component, a string or a regular expression. */
  Pattern pattern(JsonNode node, String key) {
    JsonNode pattern = node.path("pattern");
    if (pattern.path("String").isString()) {
      return Pattern.compile(Pattern.quote(pattern.path("String").asString()));
    }
    if (!pattern.path("Regex").isString()) {
      throw unsupported(key + ".pattern", shown(pattern), "Regex, String");
    }
    return Oniguruma.compile(pattern.path("Regex").asString());
  }

  private static String shown(JsonNode node) {
    return node.isMissingNode() ? "absent" : node.toString();
  }
}
