package inkstone.generate.constraint;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Random JSON schemas of all the keywords that are held. Of the formats, email is left out: the
 * validator wants a top-level domain that is registered today, which RFC 5321 does not.
 */
final class Schemas {

  private static final List<String> NAMES =
      List.of("a", "ab", "name", "年龄", "墨 水", "q\\\"x", "a/b", "n\\n", "😀");
  private static final List<String> PATTERNS =
      List.of(
          "^[a-z]{2,5}$",
          "墨",
          "^\\\\d{3}-\\\\d{2}$",
          "^(red|green|\\\"blue\\\")$",
          "^[^a]{0,3}$",
          "x|^y",
          "^[\\\\u4e00-\\\\u9fa5]+$",
          "^.?\\\\\\\\.?$",
          "[\\\\n\\\\t]$");

  private final SplittableRandom random;

  private Schemas(long seed) {
    random = new SplittableRandom(seed);
  }

  static String random(long seed) {
    return new Schemas(seed).whole();
  }

  private String whole() {
    var inner = schema(2);
    var start = random.nextInt(3) == 0 ? "{\"$ref\":\"#/$defs/node\"}" : schema(3);
    var node =
        "{\"type\":\"object\",\"properties\":{\"value\":%s,\"children\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/node\"},\"maxItems\":2}},\"required\":[\"value\"],\"additionalProperties\":false}"
            .formatted(inner);
    var outside = start.substring(1, start.length() - 1);
    return "{\"$defs\":{\"node\":%s},\"title\":\"t\"%s}"
        .formatted(node, outside.isEmpty() ? "" : "," + outside);
  }

  private String schema(int depth) {
    return switch (random.nextInt(depth > 0 ? 14 : 8)) {
      case 0 -> "{\"type\":\"string\"%s}".formatted(bounds("Length", 4));
      case 1 -> "{\"type\":\"string\",\"pattern\":\"%s\"}".formatted(pick(PATTERNS));
      case 2 ->
          "{\"type\":\"string\",\"format\":\"%s\"}"
              .formatted(pick(List.of("date", "time", "date-time", "uuid")));
      case 3 -> "{\"type\":\"integer\"%s}".formatted(range());
      case 4 -> "{\"type\":\"number\"%s}".formatted(range());
      case 5 ->
          "{\"type\":\"%s\"}".formatted(pick(List.of("boolean", "null", "number", "integer")));
      case 6 ->
          "{\"enum\":[\"x\",1,-2.50,null,true,\"墨\\\"\\n\",[1,{\"a\":\"b\"}],{\"k\":[]},\"\\u0001\"]}";
      case 7 ->
          "{\"const\":%s}".formatted(pick(List.of("\"a b\"", "12", "{\"z\":[1,2]}", "false")));
      case 8, 9, 10 -> object(depth - 1);
      case 11 -> array(depth - 1);
      case 12 ->
          "{\"%s\":[%s,%s],\"description\":\"d\"}"
              .formatted("anyOf", schema(depth - 1), schema(depth - 1));
      default ->
          random.nextBoolean()
              ? "{\"oneOf\":[{\"type\":\"string\",\"maxLength\":3},%s]}".formatted(array(depth - 1))
              : ("{\"allOf\":[{\"type\":\"object\",\"properties\":{\"a\":%s},\"required\":[\"a\"]},"
                      + "{\"properties\":{\"b\":%s}}]}")
                  .formatted(schema(depth - 1), schema(depth - 1));
    };
  }

  private String object(int depth) {
    var names = new ArrayList<String>();
    for (var name : NAMES) {
      if (random.nextInt(3) == 0) {
        names.add(name);
      }
    }
    var parts = new ArrayList<String>();
    parts.add("\"type\":\"object\"");
    parts.add(
        names.stream()
            .map(name -> "\"" + name + "\":" + schema(depth))
            .collect(Collectors.joining(",", "\"properties\":{", "}")));
    var required =
        names.stream().filter(n -> random.nextBoolean()).map(n -> "\"" + n + "\"").toList();
    parts.add("\"required\":[" + String.join(",", required) + "]");
    if (random.nextBoolean()) {
      parts.add("\"additionalProperties\":" + pick(List.of("false", "true", schema(0))));
    }
    return "{" + String.join(",", parts) + "}";
  }

  private String array(int depth) {
    var parts = new ArrayList<String>();
    parts.add("\"type\":\"array\"");
    int tuple = random.nextInt(3);
    if (tuple > 0) {
      parts.add(
          IntStream.range(0, tuple)
              .mapToObj(i -> schema(depth))
              .collect(Collectors.joining(",", "\"prefixItems\":[", "]")));
    }
    if (random.nextBoolean() || tuple > 0) {
      parts.add("\"items\":" + schema(depth));
    }
    return "{" + String.join(",", parts) + bounds("Items", 3) + "}";
  }

  private String bounds(String of, int most) {
    int min = random.nextInt(most);
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> ",\"min%s\":%d".formatted(of, min);
      case 2 -> ",\"max%s\":%d".formatted(of, min + random.nextInt(most));
      default -> ",\"min%s\":%d,\"max%s\":%d".formatted(of, min, of, min + random.nextInt(most));
    };
  }

  private String range() {
    int low = random.nextInt(-1200, 1200);
    int high = low + random.nextInt(1, 2500);
    var least = random.nextBoolean() ? "minimum" : "exclusiveMinimum";
    var most = random.nextBoolean() ? "maximum" : "exclusiveMaximum";
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> ",\"%s\":%d".formatted(least, low);
      case 2 -> ",\"%s\":%d".formatted(most, high);
      default -> ",\"%s\":%d,\"%s\":%d".formatted(least, low, most, high + 1);
    };
  }

  private <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
