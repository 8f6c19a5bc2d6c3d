package inkstone.generate.constraint;

import tools.jackson.databind.node.ObjectNode;

/** Reads what a schema says of arrays. */
final class SchemaArrays {

  private final SchemaReader reader;
  private final JsonRules rules;

  SchemaArrays(SchemaReader reader, JsonRules rules) {
    this.reader = reader;
    this.rules = rules;
  }

  Syntax read(ObjectNode schema, String path) {
    int min = SchemaFault.count(schema, "minItems", 0, path);
    int max = SchemaFault.count(schema, "maxItems", Syntax.UNBOUNDED, path);
    if (schema.has("items") && schema.get("items").isArray()) {
      throw SchemaFault.of(
          path + "/items", "a list here is of an older draft; call it prefixItems");
    }
    boolean tuple = schema.has("prefixItems");
    // What a tuple says nothing of is left out; a plain array may hold anything.
    Syntax item = tuple ? Syntax.NOTHING : JsonRules.value();
    if (schema.has("items")) {
      item = new Syntax.Call(rules.add(reader.schema(schema.get("items"), path + "/items")));
    }
    if (max != Syntax.UNBOUNDED && max < min) {
      return Syntax.NOTHING;
    }
    return tuple ? tuple(schema, item, min, max, path) : JsonRules.list(item, min, max);
  }

  private Syntax tuple(ObjectNode schema, Syntax item, int min, int max, String path) {
    var first = SchemaFault.list(schema.get("prefixItems"), path + "/prefixItems");
    int size = max == Syntax.UNBOUNDED ? first.size() : Math.min(max, first.size());
    // What follows a whole prefix, then from its last item to its first what follows that.
    Syntax rest =
        new Syntax.Repeat(
            Syntax.sequence(JsonRules.COMMA, item),
            Math.max(0, min - size),
            max == Syntax.UNBOUNDED ? max : max - size);
    if (max == Syntax.UNBOUNDED && min <= size && item.equals(Syntax.NOTHING)) {
      rest = Syntax.EMPTY;
    }
    for (int i = size - 1; i >= 0; i--) {
      var value = reader.schema(first.get(i), path + "/prefixItems/" + i);
      var behind =
          i == 0 ? Syntax.sequence(value, rest) : Syntax.sequence(JsonRules.COMMA, value, rest);
      rest = new Syntax.Call(rules.add(i < min ? behind : Syntax.optional(behind)));
    }
    // A prefix of which nothing may be there, because the array must be empty.
    return Syntax.sequence(
        Syntax.literal("["), size == 0 ? Syntax.EMPTY : rest, Syntax.literal("]"));
  }
}
