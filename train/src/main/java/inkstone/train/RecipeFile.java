package inkstone.train;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/**
 * Recipes to and from YAML. A wrong key or value is refused with its path and what was expected.
 */
final class RecipeFile {

  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
          .build();

  private RecipeFile() {}

  static Recipe read(Path file, List<String> overrides) {
    return parse(file.toString(), text(file), overrides);
  }

  /** Any kind of recipe: what a file leaves out is as in {@code defaults}. */
  static <R extends Record> R read(
      Path file, List<String> overrides, R defaults, BiConsumer<String, R> rules) {
    return parse(file.toString(), text(file), overrides, defaults, rules);
  }

  private static String text(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new TrainingException(file + ": there is no such recipe");
    }
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new TrainingException(file + ": cannot be read as UTF-8 text: " + e.getMessage(), e);
    }
  }

  static Recipe parse(String where, String yaml, List<String> overrides) {
    return parse(where, yaml, overrides, Recipe.DEFAULTS, RecipeRules::check);
  }

  static <R extends Record> R parse(
      String where, String yaml, List<String> overrides, R defaults, BiConsumer<String, R> rules) {
    // A record class has no other below it.
    @SuppressWarnings("unchecked")
    var type = (Class<R>) defaults.getClass();
    ObjectNode all = YAML.valueToTree(defaults);
    merge(where, "", type, all, tree(where, yaml));
    for (var override : overrides) {
      int equals = override.indexOf('=');
      if (equals < 1) {
        throw new TrainingException("--set " + override + ": write it as key=value");
      }
      var keys = override.substring(0, equals).split("\\.", -1);
      JsonNode value = tree("--set " + override, override.substring(equals + 1));
      for (int i = keys.length - 1; i >= 0; i--) {
        value = YAML.createObjectNode().set(keys[i], value);
      }
      merge("--set", "", type, all, value);
    }
    var recipe = YAML.treeToValue(all, type);
    rules.accept(where, recipe);
    return recipe;
  }

  static String write(Pace recipe) {
    return YAML.writeValueAsString(recipe);
  }

  /** What a file says under a key at its top; empty where it says nothing there. */
  static String top(Path file, String key) {
    return tree(file.toString(), text(file)).path(key).asString("");
  }

  /** Whether a file has a key at its top, as far as it can be read. */
  static boolean has(Path file, String key) {
    return Files.isRegularFile(file) && tree(file.toString(), text(file)).has(key);
  }

  private static JsonNode tree(String where, String yaml) {
    try {
      var tree = YAML.readTree(yaml);
      return tree == null || tree.isMissingNode() || tree.isNull() ? YAML.createObjectNode() : tree;
    } catch (JacksonException e) {
      var at = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
      var what = String.valueOf(e.getOriginalMessage()).lines().map(String::strip);
      throw new TrainingException(
          "%s%s: not YAML: %s".formatted(where, at, what.collect(Collectors.joining(" "))), e);
    }
  }

  /**
   * Lays {@code given} over {@code base}, checking each key and value against the record's type.
   */
  private static void merge(
      String where, String path, Class<?> record, ObjectNode base, JsonNode given) {
    if (!given.isObject()) {
      throw new TrainingException(
          "%s: %s must be a group of keys, but is %s"
              .formatted(where, path.isEmpty() ? "a recipe" : path, given));
    }
    for (var entry : given.properties()) {
      var key = entry.getKey();
      var name = path.isEmpty() ? key : path + "." + key;
      var component = component(record, key);
      if (component == null) {
        throw new TrainingException(
            "%s: there is no key '%s'; did you mean '%s'? Keys here: %s"
                .formatted(where, name, Names.nearest(key, keys(record)), keys(record)));
      }
      var value = entry.getValue();
      if (component.getType().isRecord()) {
        merge(where, name, component.getType(), (ObjectNode) base.get(key), value);
      } else {
        check(where, name, component, value);
        base.set(key, value);
      }
    }
  }

  private static void check(String where, String name, RecordComponent component, JsonNode value) {
    Class<?> type = component.getType();
    var expected = expected(type);
    boolean fits;
    if (type.isEnum()) {
      fits = names(type).contains(value.asString(""));
    } else if (type == int.class) {
      fits = value.isIntegralNumber() && value.canConvertToInt();
    } else if (type == long.class) {
      fits = value.isIntegralNumber() && value.canConvertToLong();
    } else if (type == double.class) {
      fits = value.isNumber();
    } else if (type == boolean.class) {
      fits = value.isBoolean();
    } else if (Collection.class.isAssignableFrom(type)) {
      fits = value.isArray() && value.valueStream().allMatch(JsonNode::isString);
    } else {
      fits = value.isString();
    }
    if (!fits) {
      var hint =
          type.isEnum() && value.isString()
              ? "; did you mean '" + Names.nearest(value.asString(), names(type)) + "'?"
              : "";
      throw new TrainingException(
          "%s: %s must be %s, but is %s%s".formatted(where, name, expected, value, hint));
    }
  }

  private static String expected(Class<?> type) {
    if (type.isEnum()) {
      return "one of " + String.join(", ", names(type));
    }
    return switch (type.getSimpleName()) {
      case "int", "long" -> "a whole number";
      case "double" -> "a number";
      case "boolean" -> "true or false";
      case "List" -> "a list of texts";
      default -> "a text";
    };
  }

  private static List<String> names(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(Object::toString).toList();
  }

  private static List<String> keys(Class<?> record) {
    return Arrays.stream(record.getRecordComponents()).map(RecipeFile::key).toList();
  }

  private static @org.jspecify.annotations.Nullable RecordComponent component(
      Class<?> record, String key) {
    return Arrays.stream(record.getRecordComponents())
        .filter(c -> key(c).equals(key))
        .findFirst()
        .orElse(null);
  }

  private static String key(RecordComponent component) {
    return component.getName().replaceAll("([a-z])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }
}
