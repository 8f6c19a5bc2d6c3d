package inkstone.generate.constraint;

import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is wrong with a schema, and the checks that all its readers share. */
final class SchemaFault {

  /** No length or count in a schema may be above this. */
  private static final int LARGEST = 100_000;

  private SchemaFault() {}

  /** A message that names the place, a JSON pointer. */
  static ConstraintException of(String path, String what) {
    return new ConstraintException(
        "the JSON schema, at %s: %s".formatted(path.isEmpty() ? "its top" : "#" + path, what));
  }

  static ObjectNode object(JsonNode node, String path) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw of(path, "a schema is an object, true or false, but this is " + shown(node));
  }

  /** A list of one or more. */
  static List<JsonNode> list(JsonNode node, String path) {
    if (!node.isArray() || node.isEmpty()) {
      throw of(path, "must be a list of one or more, but is " + shown(node));
    }
    return StreamSupport.stream(node.spliterator(), false).toList();
  }

  /** A count of 0 or more, where {@code keyword} is there. */
  static int count(ObjectNode schema, String keyword, int otherwise, String path) {
    if (!schema.has(keyword)) {
      return otherwise;
    }
    var node = schema.get(keyword);
    boolean whole = node.isNumber() && node.decimalValue().stripTrailingZeros().scale() <= 0;
    if (!whole || node.decimalValue().signum() < 0) {
      throw of(path + "/" + keyword, "must be a whole number of 0 or more, but is " + shown(node));
    }
    if (node.decimalValue().compareTo(java.math.BigDecimal.valueOf(LARGEST)) > 0) {
      throw of(
          path + "/" + keyword,
          "%s is more than can be counted, %,d; lower it or leave it out"
              .formatted(shown(node), LARGEST));
    }
    return node.decimalValue().intValue();
  }

  static String text(JsonNode node, String path) {
    if (!node.isString()) {
      throw of(path, "must be a string, but is " + shown(node));
    }
    return node.asString();
  }

  static String shown(JsonNode node) {
    var text = node.toString();
    return text.length() > 80 ? text.substring(0, 80) + "..." : text;
  }

  /** A name as a part of a JSON pointer (RFC 6901). */
  static String part(String name) {
    return "/" + name.replace("~", "~0").replace("/", "~1");
  }
}
