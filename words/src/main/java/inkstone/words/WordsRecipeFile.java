package inkstone.words;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** Recipes to and from YAML. A wrong key or value is refused with its path and the nearest name. */
final class WordsRecipeFile {

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(EnumFeature.READ_ENUMS_USING_TO_STRING)
          .enable(EnumFeature.WRITE_ENUMS_USING_TO_STRING)
          .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
          .build();

  private WordsRecipeFile() {}

  static WordsRecipe read(Path file, List<String> overrides) {
    if (!Files.isRegularFile(file)) {
      throw new WordsException(file + ": there is no such recipe");
    }
    try {
      return parse(file.toString(), Files.readString(file), overrides);
    } catch (IOException e) {
      throw new WordsException(file + ": cannot be read as UTF-8 text: " + e.getMessage(), e);
    }
  }

  static WordsRecipe parse(String where, String yaml, List<String> overrides) {
    ObjectNode all = YAML.valueToTree(WordsRecipe.DEFAULTS);
    merge(where, "", WordsRecipe.class, all, tree(where, yaml));
    for (var override : overrides) {
      int equals = override.indexOf('=');
      if (equals < 1) {
        throw new WordsException("--set " + override + ": write it as key=value");
      }
      JsonNode value = tree("--set " + override, override.substring(equals + 1));
      for (var key : List.of(override.substring(0, equals).split("\\.", -1)).reversed()) {
        value = YAML.createObjectNode().set(key, value);
      }
      merge("--set", "", WordsRecipe.class, all, value);
    }
    return YAML.treeToValue(all, WordsRecipe.class).checked(where);
  }

  static String write(WordsRecipe recipe) {
    return YAML.writeValueAsString(recipe);
  }

  private static JsonNode tree(String where, String yaml) {
    try {
      var tree = YAML.readTree(yaml);
      return tree == null || tree.isMissingNode() || tree.isNull() ? YAML.createObjectNode() : tree;
    } catch (JacksonException e) {
      var line = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
      throw new WordsException(
          "%s%s: not YAML: %s"
              .formatted(where, line, String.valueOf(e.getOriginalMessage()).replace('\n', ' ')),
          e);
    }
  }

  private static void merge(
      String where, String path, Class<?> type, ObjectNode base, JsonNode given) {
    if (!given.isObject()) {
      throw new WordsException(
          "%s: %s must be a group of keys, but is %s"
              .formatted(where, path.isEmpty() ? "a recipe" : path, given));
    }
    for (var entry : given.properties()) {
      var name = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
      var component =
          component(type, entry.getKey())
              .orElseThrow(
                  () ->
                      new WordsException(
                          "%s: there is no key '%s'; did you mean '%s'? Keys here: %s"
                              .formatted(
                                  where,
                                  name,
                                  Names.nearest(entry.getKey(), keys(type)),
                                  keys(type))));
      if (component.getType().isRecord()) {
        merge(
            where,
            name,
            component.getType(),
            (ObjectNode) base.get(entry.getKey()),
            entry.getValue());
      } else {
        check(where, name, component.getType(), entry.getValue());
        base.set(entry.getKey(), entry.getValue());
      }
    }
  }

  private static void check(String where, String name, Class<?> type, JsonNode value) {
    if (type.isEnum()) {
      var names = Arrays.stream(type.getEnumConstants()).map(Object::toString).toList();
      if (!names.contains(value.asString(""))) {
        throw new WordsException(
            "%s: %s must be one of %s, but is %s; did you mean '%s'?"
                .formatted(
                    where,
                    name,
                    String.join(", ", names),
                    value,
                    Names.nearest(value.asString(""), names)));
      }
      return;
    }
    boolean fits =
        type == int.class
            ? value.isIntegralNumber() && value.canConvertToInt()
            : type == long.class
                ? value.isIntegralNumber() && value.canConvertToLong()
                : type == double.class
                    ? value.isNumber() && Double.isFinite(value.doubleValue())
                    : type == boolean.class
                        ? value.isBoolean()
                        : Collection.class.isAssignableFrom(type)
                            && value.isArray()
                            && value.valueStream().allMatch(JsonNode::isString);
    if (!fits) {
      throw new WordsException(
          "%s: %s must be %s, but is %s".formatted(where, name, expected(type), value));
    }
  }

  private static String expected(Class<?> type) {
    return switch (type.getSimpleName()) {
      case "int", "long" -> "a whole number";
      case "double" -> "a number";
      case "boolean" -> "true or false";
      default -> "a list of texts";
    };
  }

  private static List<String> keys(Class<?> type) {
    return Arrays.stream(type.getRecordComponents()).map(WordsRecipeFile::key).toList();
  }

  private static Optional<RecordComponent> component(Class<?> type, String key) {
    return Arrays.stream(type.getRecordComponents()).filter(c -> key(c).equals(key)).findFirst();
  }

  private static String key(RecordComponent component) {
    return component.getName().replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }
}
