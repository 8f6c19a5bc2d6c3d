package inkstone.generate.constraint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON schema (draft 2020-12) as a grammar of compact JSON texts. Every text of the grammar is
 * valid by the schema; not every valid text is in it: members come in the schema's order, members
 * that it does not name only where {@code additionalProperties} allows them in so many words.
 */
final class SchemaReader {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final List<String> TYPES =
      List.of("object", "array", "string", "number", "integer", "boolean", "null");

  private final JsonNode root;
  private final JsonRules rules = new JsonRules();
  private final Map<String, Integer> ruleOf = new HashMap<>();
  private final ArrayDeque<Open> open = new ArrayDeque<>();
  private final SchemaMerger merger;

  /** A rule that was called and is still to be read. */
  private record Open(String pointer, int rule) {}

  private SchemaReader(JsonNode root) {
    this.root = root;
    merger = new SchemaMerger(root);
  }

  /**
   * The texts that a schema allows.
   *
   * @throws ConstraintException if it is none, or has what cannot be held
   */
  static Grammar read(String schema) {
    if (schema.isBlank()) {
      throw new ConstraintException("the JSON schema is empty; {} or true allows any JSON");
    }
    try {
      return new SchemaReader(JSON.readTree(schema)).read();
    } catch (JacksonException e) {
      throw new ConstraintException("the schema is not JSON: " + e.getOriginalMessage(), e);
    } catch (NumberFormatException e) {
      throw new ConstraintException("the schema has a number that is far too large", e);
    } catch (StackOverflowError e) {
      throw new ConstraintException("the schema is nested too deep to be followed", e);
    }
  }

  private Grammar read() {
    var start = schema(root, "");
    while (!open.isEmpty()) {
      var next = open.pop();
      var pointer = next.pointer();
      rules.set(next.rule(), schema(merger.target(pointer, pointer), pointer));
    }
    return rules.grammar(start);
  }

  /** The texts that one schema, which stands at {@code path}, allows. */
  Syntax schema(JsonNode node, String path) {
    if (node.isBoolean()) {
      return node.asBoolean() ? JsonRules.value() : Syntax.NOTHING;
    }
    var schema = SchemaFault.object(node, path);
    var keywords = SchemaMerger.keywords(schema, path);
    if (keywords.contains("$ref") && keywords.size() == 1) {
      return new Syntax.Call(rule(merger.pointer(schema.get("$ref"), path)));
    }
    if (keywords.contains("$ref") || keywords.contains("allOf")) {
      return schema(merger.flat(schema, path), path);
    }
    for (var several : List.of("anyOf", "oneOf")) {
      if (keywords.contains(several)) {
        return options(schema, several, path);
      }
    }
    if (keywords.contains("const") || keywords.contains("enum")) {
      return new SchemaConstants(schema, keywords, path).read();
    }
    return ofTypes(schema, keywords, path);
  }

  private int rule(String pointer) {
    return ruleOf.computeIfAbsent(
        pointer,
        p -> {
          int rule = rules.add(Syntax.NOTHING);
          open.push(new Open(p, rule));
          return rule;
        });
  }

  private Syntax options(ObjectNode schema, String keyword, String path) {
    var rest = schema.deepCopy();
    rest.remove(keyword);
    boolean alone = SchemaMerger.keywords(rest, path).isEmpty();
    var options = new ArrayList<Syntax>();
    int i = 0;
    for (var option : SchemaFault.list(schema.get(keyword), path + "/" + keyword)) {
      var place = path + "/" + keyword + "/" + i++;
      options.add(schema(alone ? option : merger.merge(rest, option, place), place));
    }
    return new Syntax.Choice(options);
  }

  private Syntax ofTypes(ObjectNode schema, Set<String> keywords, String path) {
    var types = types(schema, keywords, path);
    if (types.isEmpty()) {
      return JsonRules.value();
    }
    var options = new ArrayList<Syntax>();
    for (var type : types) {
      options.add(
          switch (type) {
            case "object" -> new SchemaObjects(this, rules).read(schema, path);
            case "array" -> new SchemaArrays(this, rules).read(schema, path);
            case "string" -> SchemaScalars.string(schema, path);
            case "number" -> SchemaScalars.number(schema, path);
            case "integer" -> SchemaScalars.integer(schema, path);
            case "boolean" -> JsonRules.BOOLEAN;
            default -> JsonRules.NULL;
          });
    }
    return options.size() == 1 ? options.getFirst() : new Syntax.Choice(options);
  }

  /** The types that are said, else those that the keywords speak of. */
  private static Set<String> types(ObjectNode schema, Set<String> keywords, String path) {
    var types = new LinkedHashSet<String>();
    if (!schema.has("type")) {
      for (var type : TYPES) {
        if (!type.equals("integer") && keywords.stream().anyMatch(k -> speaks(k, type))) {
          types.add(type);
        }
      }
      return types;
    }
    var said = schema.get("type");
    for (var type : said.isArray() ? said : List.of(said)) {
      if (!type.isString() || !TYPES.contains(type.asString())) {
        throw SchemaFault.of(
            path + "/type", "must be one or a list of " + TYPES + ", but is " + said);
      }
      types.add(type.asString());
    }
    if (types.isEmpty()) {
      throw SchemaFault.of(path + "/type", "must name a type or more");
    }
    if (types.contains("number")) {
      types.remove("integer");
    }
    return types;
  }

  private static boolean speaks(String keyword, String type) {
    return SchemaMerger.KEYWORDS.getOrDefault(keyword, "").equals(type);
  }
}
