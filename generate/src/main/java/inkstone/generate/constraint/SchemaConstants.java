package inkstone.generate.constraint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads {@code const} and {@code enum}: values that are written just as they stand. */
final class SchemaConstants {

  private final ObjectNode schema;
  private final Set<String> keywords;
  private final String path;

  SchemaConstants(ObjectNode schema, Set<String> keywords, String path) {
    this.schema = schema;
    this.keywords = keywords;
    this.path = path;
  }

  /** One of the values. */
  Syntax read() {
    var others = new HashSet<>(keywords);
    others.removeAll(Set.of("const", "enum", "type"));
    if (!others.isEmpty()) {
      throw SchemaFault.of(path, "const and enum say all there is to say; take away " + others);
    }
    var values = new ArrayList<JsonNode>();
    if (schema.has("const")) {
      values.add(schema.get("const"));
    } else if (!schema.get("enum").isArray()) {
      throw SchemaFault.of(path + "/enum", "must be a list, but is " + schema.get("enum"));
    } else {
      schema.get("enum").forEach(values::add);
    }
    if (schema.has("const") && schema.has("enum")) {
      values.removeIf(value -> !schema.get("enum").valueStream().anyMatch(value::equals));
    }
    values.removeIf(value -> !typed(value));
    return new Syntax.Choice(values.stream().map(v -> Syntax.literal(text(v))).toList());
  }

  private boolean typed(JsonNode value) {
    if (!schema.has("type")) {
      return true;
    }
    var type = schema.get("type");
    for (var kind : type.isArray() ? type : List.of(type)) {
      boolean is =
          switch (kind.asString("")) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "number" -> value.isNumber();
            case "integer" ->
                value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> throw SchemaFault.of(path + "/type", "there is no type " + kind);
          };
      if (is) {
        return true;
      }
    }
    return false;
  }

  private static String text(JsonNode value) {
    if (value.isString()) {
      return JsonStrings.quoted(value.asString());
    }
    if (value.isArray()) {
      return value
          .valueStream()
          .map(SchemaConstants::text)
          .collect(Collectors.joining(",", "[", "]"));
    }
    if (value.isObject()) {
      return value.properties().stream()
          .map(entry -> JsonStrings.quoted(entry.getKey()) + ":" + text(entry.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    }
    return value.toString();
  }
}
