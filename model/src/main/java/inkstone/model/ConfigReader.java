package inkstone.model;

import tools.jackson.databind.JsonNode;

/** Reads values of a config.json; what is missing or of the wrong kind is told with its key. */
record ConfigReader(JsonNode json) {

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
    if (absent(key)) {
      return;
    }
    var value = json.get(key).isString() ? json.get(key).stringValue() : json.get(key).toString();
    if (!value.equals(supported)) {
      throw new ModelException(
          "%s '%s' is not supported; only '%s' is".formatted(key, value, supported));
    }
  }

  /** The object under a key. */
  ConfigReader object(String key) {
    var value = json.get(key);
    if (value == null || !value.isObject()) {
      throw wrong(key, "an object", value);
    }
    return new ConfigReader(value);
  }

  boolean absent(String key) {
    return !json.has(key) || json.get(key).isNull();
  }

  private ModelException wrong(
      String key, String expected, @org.jspecify.annotations.Nullable JsonNode value) {
    return new ModelException(
        "%s must be %s, but is %s".formatted(key, expected, value == null ? "missing" : value));
  }
}
