package inkstone.text;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a JSON document to a tree with the parser alone: an object mapper would take longer to
 * start than a small tokenizer takes to open.
 */
final class Json {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Json() {}

  /**
   * The object that {@code json} holds; {@code where} names it in messages.
   *
   * @throws TokenizerException where it is cut, malformed, names a key twice or is no object
   */
  static ObjectNode object(byte[] json, String where) {
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw new TokenizerException(where + ": expected a JSON object; the file may be empty");
      }
      ObjectNode root = object(parser, where);
      if (parser.nextToken() != null) {
        throw new TokenizerException(where + ": there is more after the JSON object");
      }
      return root;
    } catch (JacksonException e) {
      // Nesting that is too deep has no place.
      var at = e.getLocation() == null ? TokenStreamLocation.NA : e.getLocation();
      throw new TokenizerException(
          "%s: not whole, well-formed JSON (line %d, column %d: %s); fetch or write it again"
              .formatted(where, at.getLineNr(), at.getColumnNr(), e.getOriginalMessage()),
          e);
    }
  }

  private static ObjectNode object(JsonParser parser, String where) {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      if (object.replace(name, value(parser, where)) != null) {
        throw new TokenizerException(
            "%s: the key '%s' stands twice in one object".formatted(where, name));
      }
    }
    return object;
  }

  private static JsonNode value(JsonParser parser, String where) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, where);
      case START_ARRAY -> {
        ArrayNode array = NODES.arrayNode();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(parser, where));
        }
        yield array;
      }
      case VALUE_STRING -> NODES.stringNode(parser.getString());
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.INT
              ? NODES.numberNode(parser.getIntValue())
              : NODES.numberNode(parser.getBigIntegerValue());
      default -> NODES.numberNode(parser.getDecimalValue());
    };
  }
}
