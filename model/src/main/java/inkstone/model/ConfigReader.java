package inkstone.model;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Reads values of a config.json; what is missing or of the wrong kind is told with its key. */
record ConfigReader(JsonNode json) {

  /** Says nothing. */
  static final ConfigReader EMPTY = new ConfigReader(JsonNodeFactory.instance.objectNode());

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
    return absent(key) ? otherwise : number(key);
  }

  double number(String key) {
    var value = json.get(key);
    if (value == null || !value.isNumber()) {
      throw wrong(key, "a number", value);
    }
    return value.asDouble();
  }

  List<Double> numbers(String key) {
    var numbers = new ArrayList<Double>();
    for (var value : list(key)) {
      if (!value.isNumber()) {
        throw wrong(key, "a list of numbers", json.get(key));
      }
      numbers.add(value.asDouble());
    }
    return numbers;
  }

  List<Integer> integers(String key) {
    var numbers = new ArrayList<Integer>();
    for (var value : list(key)) {
      if (!value.isIntegralNumber() || !value.canConvertToInt()) {
        throw wrong(key, "a list of whole numbers", json.get(key));
      }
      numbers.add(value.asInt());
    }
    return numbers;
  }

  List<String> texts(String key) {
    var texts = new ArrayList<String>();
    for (var value : list(key)) {
      if (!value.isString()) {
        throw wrong(key, "a list of words", json.get(key));
      }
      texts.add(value.stringValue());
    }
    return texts;
  }

  private JsonNode list(String key) {
    var value = json.get(key);
    if (value == null || !value.isArray()) {
      throw wrong(key, "a list", value);
    }
    return value;
  }

  String text(String key, String otherwise) {
    if (absent(key)) {
      return otherwise;
    }
    if (!json.get(key).isString()) {
      throw wrong(key, "a word", json.get(key));
    }
    return json.get(key).stringValue();
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

  /** Refuses a key that this project does not know how to follow. */
  void none(String key) {
    if (!absent(key)) {
      throw new ModelException(key + " is not supported; only a file without it is");
    }
  }

  /** Whether a key is there and says nothing, which is not always as if it were not. */
  boolean isNull(String key) {
    return json.has(key) && json.get(key).isNull();
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
