package inkstone.model;

import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/** Reads values of a config.json; what is missing or of the wrong kind is told with its place. */
record ConfigReader(Path file, JsonNode json) {

  int integer(String key) {
    var value = json.get(key);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToInt()) {
      throw wrong(key, "a whole number", value);
    }
    return value.asInt();
  }

  int integer(String key, int otherwise) {
    return absent(key) ? otherwise : integer(key);
  }

  double number(String key, double otherwise) {
    if (absent(key)) {
      return otherwise;
    }
    var value = json.get(key);
    if (!value.isNumber()) {
      throw wrong(key, "a number", value);
    }
    return value.asDouble();
  }

  boolean flag(String key, boolean otherwise) {
    if (absent(key)) {
      return otherwise;
    }
    var value = json.get(key);
    if (!value.isBoolean()) {
      throw wrong(key, "true or false", value);
    }
    return value.asBoolean();
  }

  /** Refuses a value that this project does not compute. */
  void only(String key, String supported) {
    var value = json.path(key).asString(supported);
    if (!value.equals(supported)) {
      throw new ModelException(
          "%s: %s '%s' is not supported; only '%s' is".formatted(file, key, value, supported));
    }
  }

  boolean absent(String key) {
    return !json.has(key) || json.get(key).isNull();
  }

  private ModelException wrong(
      String key, String expected, @org.jspecify.annotations.Nullable JsonNode value) {
    return new ModelException(
        "%s: %s must be %s, but is %s"
            .formatted(file, key, expected, value == null ? "missing" : value));
  }
}
