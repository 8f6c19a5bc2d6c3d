package inkstone.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The tokens of a {@code tokenizer.json}: those of the model by their written form, and those that
 * {@code added_tokens} lists.
 */
final class Vocabulary {

  /** Ids beyond this are taken for damage: arrays are as long as the highest id. */
  private static final int HIGHEST_ID = 1 << 24;

  private final Source source;
  private final Map<String, Integer> ids = new HashMap<>();
  private final Map<Integer, Double> scores = new HashMap<>();
  private final List<AddedToken> added = new ArrayList<>();
  private final Set<Integer> special = new HashSet<>();

  private Vocabulary(Source source) {
    this.source = source;
  }

  /** Reads the {@code model.vocab} and the {@code added_tokens} of {@code root}. */
  static Vocabulary read(JsonNode root, Source source) {
    var vocabulary = new Vocabulary(source);
    JsonNode tokens = root.path("model").path("vocab");
    if (tokens.isArray()) {
      vocabulary.readScored(tokens);
    } else {
      vocabulary.readIds(tokens);
    }
    vocabulary.readAdded(root.path("added_tokens"));
    return vocabulary;
  }

  /** Every token of the model. */
  Map<String, Integer> ids() {
    return ids;
  }

  List<AddedToken> added() {
    return added;
  }

  boolean isSpecial(int id) {
    return special.contains(id);
  }

  /** What plain text may become: the model's tokens without the special ones. */
  Map<String, Integer> plain() {
    var plain = new HashMap<>(ids);
    plain.values().removeAll(special);
    return plain;
  }

  /** The log-probability of each id, 0 where the model gives none. */
  double[] scores() {
    var table = new double[size()];
    scores.forEach((id, score) -> table[id] = score);
    return table;
  }

  double leastScore() {
    return scores.values().stream().mapToDouble(s -> s).min().orElse(0);
  }

  /** One more than the highest id. */
  int size() {
    int highest = -1;
    for (int id : ids.values()) {
      highest = Math.max(highest, id);
    }
    for (AddedToken token : added) {
      highest = Math.max(highest, token.id());
    }
    return highest + 1;
  }

  private void readIds(JsonNode node) {
    if (!node.isObject() || node.isEmpty()) {
      throw source.error(
          "model.vocab", "must be an object from token to id, with an entry or more");
    }
    for (var entry : node.properties()) {
      ids.put(entry.getKey(), id(entry.getValue(), "model.vocab", entry.getKey()));
    }
  }

  private void readScored(JsonNode node) {
    if (node.isEmpty()) {
      throw source.error("model.vocab", "must have an entry or more");
    }
    for (JsonNode entry : node) {
      int id = scores.size();
      if (!entry.path(0).isString() || !entry.path(1).isNumber()) {
        throw source.error(
            "model.vocab[%d]".formatted(id), "must be a token and its score, but is " + entry);
      }
      ids.put(entry.path(0).asString(), id);
      scores.put(id, entry.path(1).asDouble());
    }
  }

  private int id(JsonNode node, String key, String token) {
    if (!node.isInt() || node.intValue() < 0 || node.intValue() > HIGHEST_ID) {
      throw source.error(key, "the id of '%s' is %s, not a number from 0".formatted(token, node));
    }
    return node.intValue();
  }

  private void readAdded(JsonNode list) {
    for (JsonNode node : list) {
      String content = node.path("content").asString("");
      if (content.isEmpty()) {
        throw source.error("added_tokens", "an entry has no content: " + node);
      }
      int id = id(node.path("id"), "added_tokens", content);
      Integer known = ids.get(content);
      if (known != null && known != id) {
        throw source.error(
            "added_tokens",
            "'%s' has id %d here and %d in model.vocab".formatted(content, id, known));
      }
      // Some files forget to mark <|...|>, which nobody means as plain text.
      boolean control = content.startsWith("<|") && content.endsWith("|>");
      var token =
          new AddedToken(
              id,
              content,
              control || node.path("special").asBoolean(false),
              node.path("single_word").asBoolean(false),
              node.path("lstrip").asBoolean(false),
              node.path("rstrip").asBoolean(false),
              node.path("normalized").asBoolean(false));
      added.add(token);
      if (token.special()) {
        special.add(id);
      }
    }
  }

  /**
   * The written form of each id, null for one that is not used.
   *
   * @throws TokenizerException where two tokens share an id
   */
  @org.jspecify.annotations.Nullable
  String[] names() {
    var names = new @org.jspecify.annotations.Nullable String[size()];
    ids.forEach(
        (token, id) -> {
          if (names[id] != null) {
            throw source.error("model.vocab", "two tokens have the id " + id);
          }
          names[id] = token;
        });
    for (AddedToken token : added) {
      if (!ids.containsKey(token.content()) && names[token.id()] != null) {
        throw source.error(
            "added_tokens",
            "'%s' has the id %d of another token".formatted(token.content(), token.id()));
      }
      names[token.id()] = token.content();
    }
    return names;
  }
}
