package inkstone.generate.constraint;

import static java.util.Map.entry;

import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Finds what {@code $ref} points at, and makes one schema of several that hold together. */
final class SchemaMerger {

  /** Each keyword that is held, and the type that it speaks of. */
  static final Map<String, String> KEYWORDS =
      Map.ofEntries(
          entry("type", ""),
          entry("enum", ""),
          entry("const", ""),
          entry("anyOf", ""),
          entry("oneOf", ""),
          entry("allOf", ""),
          entry("$ref", ""),
          entry("properties", "object"),
          entry("required", "object"),
          entry("additionalProperties", "object"),
          entry("items", "array"),
          entry("prefixItems", "array"),
          entry("minItems", "array"),
          entry("maxItems", "array"),
          entry("minLength", "string"),
          entry("maxLength", "string"),
          entry("pattern", "string"),
          entry("format", "string"),
          entry("minimum", "number"),
          entry("maximum", "number"),
          entry("exclusiveMinimum", "number"),
          entry("exclusiveMaximum", "number"));

  private static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema",
          "$id",
          "$comment",
          "$defs",
          "$vocabulary",
          "definitions",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly");

  private static final Set<String> LOWER =
      Set.of("minItems", "minLength", "minimum", "exclusiveMinimum");
  private static final Set<String> UPPER =
      Set.of("maxItems", "maxLength", "maximum", "exclusiveMaximum");

  /** What hangs on other keywords beside it, so that two of them do not simply add up. */
  private static final Set<String> BESIDE = Set.of("additionalProperties", "items");

  private static final int DEEPEST = 100;

  private final JsonNode root;

  SchemaMerger(JsonNode root) {
    this.root = root;
  }

  /** The keywords of a schema that say something. */
  static Set<String> keywords(ObjectNode schema, String path) {
    var found = new LinkedHashSet<String>();
    for (var entry : schema.properties()) {
      var keyword = entry.getKey();
      if (KEYWORDS.containsKey(keyword)) {
        found.add(keyword);
      } else if (!ANNOTATIONS.contains(keyword) && !harmless(keyword, entry.getValue())) {
        throw SchemaFault.of(
            path + SchemaFault.part(keyword),
            "the keyword '%s' cannot be held while writing; leave it out and check afterwards"
                .formatted(keyword));
      }
    }
    return found;
  }

  private static boolean harmless(String keyword, JsonNode value) {
    return keyword.equals("uniqueItems") && value.isBoolean() && !value.asBoolean();
  }

  /** The pointer, without its #, that a {@code $ref} holds. */
  String pointer(JsonNode ref, String path) {
    var text = SchemaFault.text(ref, path + "/$ref");
    if (!text.equals("#") && !text.startsWith("#/")) {
      throw SchemaFault.of(
          path + "/$ref",
          "'%s' is outside this schema or a name; point into it with #/... and bring the other in"
              .formatted(text));
    }
    try {
      var pointer =
          URLDecoder.decode(text.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
      target(pointer, path);
      return pointer;
    } catch (IllegalArgumentException e) {
      throw SchemaFault.of(path + "/$ref", "'%s' is not a JSON pointer".formatted(text));
    }
  }

  /** What a pointer points at. */
  JsonNode target(String pointer, String path) {
    var found = root.at(JsonPointer.compile(pointer));
    if (found.isMissingNode()) {
      throw SchemaFault.of(path + "/$ref", "there is nothing at #" + pointer);
    }
    return found;
  }

  /** A schema with what its {@code $ref} and {@code allOf} say put into it. */
  JsonNode flat(ObjectNode schema, String path) {
    return flat(schema, path, 0);
  }

  private JsonNode flat(JsonNode node, String path, int depth) {
    if (depth > DEEPEST) {
      throw SchemaFault.of(path, "allOf and $ref lead on and on, perhaps in a circle");
    }
    if (node.isBoolean()) {
      return node;
    }
    var rest = SchemaFault.object(node, path).deepCopy();
    keywords(rest, path);
    var ref = rest.remove("$ref");
    var all = rest.remove("allOf");
    JsonNode merged = rest;
    if (ref != null) {
      var pointer = pointer(ref, path);
      merged = merge(merged, flat(target(pointer, path), pointer, depth + 1), path);
    }
    if (all != null) {
      int i = 0;
      for (var part : SchemaFault.list(all, path + "/allOf")) {
        var place = path + "/allOf/" + i++;
        merged = merge(merged, flat(part, place, depth + 1), place);
      }
    }
    return merged;
  }

  /** A schema that holds where both do. */
  JsonNode merge(JsonNode one, JsonNode other, String path) {
    if (one.isBoolean() || other.isBoolean()) {
      var decides = one.isBoolean() ? one : other;
      return decides.asBoolean() ? (one.isBoolean() ? other : one) : decides;
    }
    var merged = SchemaFault.object(one, path).deepCopy();
    var more = SchemaFault.object(other, path);
    keywords(more, path);
    for (var keyword : BESIDE) {
      boolean apart = merged.has(keyword) || more.has(keyword);
      var beside = keyword.equals("items") ? "prefixItems" : "properties";
      if (apart && (merged.has(beside) || more.has(beside)) && !same(merged, more, beside)) {
        throw SchemaFault.of(
            path, "%s cannot be joined with other %s; write them out".formatted(keyword, beside));
      }
    }
    for (var entry : more.properties()) {
      var keyword = entry.getKey();
      var mine = merged.get(keyword);
      merged.set(
          keyword,
          mine == null || mine.equals(entry.getValue()) || ANNOTATIONS.contains(keyword)
              ? entry.getValue()
              : join(keyword, mine, entry.getValue(), path));
    }
    return merged;
  }

  private static boolean same(ObjectNode one, ObjectNode other, String keyword) {
    return java.util.Objects.equals(one.get(keyword), other.get(keyword));
  }

  private static JsonNode join(String keyword, JsonNode one, JsonNode other, String path) {
    if (keyword.equals("properties") && one.isObject() && other.isObject()) {
      var joined = (ObjectNode) one.deepCopy();
      for (var entry : other.properties()) {
        var mine = joined.get(entry.getKey());
        joined.set(entry.getKey(), mine == null ? entry.getValue() : all(mine, entry.getValue()));
      }
      return joined;
    }
    if (keyword.equals("required") && one.isArray() && other.isArray()) {
      var joined = (ArrayNode) one.deepCopy();
      other.forEach(joined::add);
      return joined;
    }
    if (keyword.equals("items")) {
      return all(one, other);
    }
    if ((LOWER.contains(keyword) || UPPER.contains(keyword))
        && one.isNumber()
        && other.isNumber()) {
      BigDecimal mine = one.decimalValue();
      boolean less = mine.compareTo(other.decimalValue()) < 0;
      return less == LOWER.contains(keyword) ? other : one;
    }
    if (keyword.equals("enum") && one.isArray() && other.isArray()) {
      var joined = one.deepCopy();
      joined.values().removeIf(value -> !other.valueStream().anyMatch(value::equals));
      return joined;
    }
    if (keyword.equals("type")) {
      return types(one, other);
    }
    throw SchemaFault.of(
        path, "two schemas that both say '%s' cannot be joined; write it out".formatted(keyword));
  }

  private static ObjectNode all(JsonNode one, JsonNode other) {
    var both = tools.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    both.putArray("allOf").add(one).add(other);
    return both;
  }

  private static JsonNode types(JsonNode one, JsonNode other) {
    var joined = tools.jackson.databind.node.JsonNodeFactory.instance.arrayNode();
    for (var type : one.isArray() ? one : java.util.List.of(one)) {
      for (var kind : other.isArray() ? other : java.util.List.of(other)) {
        boolean narrows = type.asString("").equals("integer") && kind.asString("").equals("number");
        boolean widens = type.asString("").equals("number") && kind.asString("").equals("integer");
        if (type.equals(kind) || narrows || widens) {
          joined.add(narrows ? type : kind);
        }
      }
    }
    return joined;
  }
}
