package inkstone.generate.constraint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads what a schema says of objects. */
final class SchemaObjects {

  private final SchemaReader reader;
  private final JsonRules rules;

  SchemaObjects(SchemaReader reader, JsonRules rules) {
    this.reader = reader;
    this.rules = rules;
  }

  Syntax read(ObjectNode schema, String path) {
    var values = new LinkedHashMap<String, Syntax>();
    if (schema.has("properties")) {
      for (var entry :
          SchemaFault.object(schema.get("properties"), path + "/properties").properties()) {
        var place = path + "/properties" + SchemaFault.part(entry.getKey());
        values.put(entry.getKey(), reader.schema(entry.getValue(), place));
      }
    }
    var more = additional(schema, !values.isEmpty(), path);
    var required = required(schema, path);
    for (var name : required) {
      if (!values.containsKey(name)) {
        if (more.equals(Syntax.NOTHING)) {
          throw SchemaFault.of(
              path + "/required", "'%s' is required, but not among the properties".formatted(name));
        }
        values.put(name, more);
      }
    }
    if (values.isEmpty()) {
      return JsonRules.map(JsonRules.string(), more);
    }
    return Syntax.sequence(
        Syntax.literal("{"), members(values, required, more), Syntax.literal("}"));
  }

  /** What members may be that have no name here; any where the schema has no names at all. */
  private Syntax additional(ObjectNode schema, boolean named, String path) {
    if (!schema.has("additionalProperties")) {
      return named ? Syntax.NOTHING : JsonRules.value();
    }
    var place = path + "/additionalProperties";
    return schema.get("additionalProperties").equals(tools.jackson.databind.node.BooleanNode.FALSE)
        ? Syntax.NOTHING
        : new Syntax.Call(rules.add(reader.schema(schema.get("additionalProperties"), place)));
  }

  private static Set<String> required(ObjectNode schema, String path) {
    var names = new LinkedHashSet<String>();
    if (schema.has("required")) {
      var place = path + "/required";
      if (!schema.get("required").isArray()) {
        throw SchemaFault.of(place, "must be a list of names");
      }
      for (JsonNode name : schema.get("required")) {
        names.add(SchemaFault.text(name, place));
      }
    }
    return names;
  }

  /**
   * The members between the braces, in their order. What may follow a member is a rule of its own,
   * so that the grammar grows with the number of members and not with its square.
   */
  private Syntax members(Map<String, Syntax> values, Set<String> required, Syntax more) {
    var names = List.copyOf(values.keySet());
    Syntax behind = Syntax.EMPTY;
    var firsts = new ArrayList<Syntax>();
    if (!more.equals(Syntax.NOTHING)) {
      var other = Syntax.sequence(otherName(names), JsonRules.COLON, more);
      behind = new Syntax.Call(rules.add(Syntax.any(Syntax.sequence(JsonRules.COMMA, other))));
      firsts.add(Syntax.sequence(other, behind));
    }
    boolean mayBeEmpty = true;
    for (var entry : List.copyOf(values.entrySet()).reversed()) {
      var name = entry.getKey();
      var member =
          new Syntax.Call(
              rules.add(
                  Syntax.sequence(
                      Syntax.literal(JsonStrings.quoted(name)),
                      JsonRules.COLON,
                      entry.getValue())));
      boolean must = required.contains(name);
      if (must) {
        firsts.clear();
        mayBeEmpty = false;
      }
      firsts.addFirst(Syntax.sequence(member, behind));
      var next = Syntax.sequence(JsonRules.COMMA, member);
      behind =
          new Syntax.Call(rules.add(Syntax.sequence(must ? next : Syntax.optional(next), behind)));
    }
    var some = new Syntax.Choice(firsts);
    return mayBeEmpty ? Syntax.optional(some) : some;
  }

  /** A key that is none of {@code names}; of characters that need no escape. */
  private static Syntax otherName(List<String> names) {
    return JsonRules.quoted(other(names.stream().map(n -> n.codePoints().toArray()).toList(), 0));
  }

  /** What may follow where the names agree up to {@code depth}. */
  private static Syntax other(List<int[]> names, int depth) {
    var byCharacter = new TreeMap<Integer, List<int[]>>();
    boolean taken = false;
    for (var name : names) {
      if (name.length == depth) {
        taken = true;
      } else {
        byCharacter.computeIfAbsent(name[depth], c -> new ArrayList<>()).add(name);
      }
    }
    var used = byCharacter.keySet().stream().map(c -> CodePoints.of(c, c)).toList();
    var free = new Syntax.Chars(JsonStrings.PLAIN.minus(CodePoints.union(used)));
    var ways = new ArrayList<Syntax>();
    ways.add(Syntax.sequence(free, Syntax.any(new Syntax.Chars(JsonStrings.PLAIN))));
    if (!taken) {
      ways.add(Syntax.EMPTY);
    }
    byCharacter.forEach(
        (character, some) ->
            ways.add(
                Syntax.sequence(
                    new Syntax.Chars(
                        CodePoints.of(character, character).intersection(JsonStrings.PLAIN)),
                    other(some, depth + 1))));
    return new Syntax.Choice(ways);
  }
}
