package inkstone.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * GPT-2's older form: a vocabulary as JSON and merges as text. It names no special tokens, so these
 * are the entries that no merge makes, and those that a {@code tokenizer_config.json} lists.
 */
final class MergesFiles {

  private MergesFiles() {}

  /** The {@code tokenizer.json} that says the same. */
  static byte[] toJson(
      byte[] vocabularyJson,
      String vocabularyName,
      byte[] mergesText,
      String mergesName,
      Optional<byte[]> config) {
    var vocabulary = new LinkedHashMap<String, Integer>();
    for (var entry : Json.object(vocabularyJson, vocabularyName).properties()) {
      if (!entry.getValue().isInt()) {
        throw new TokenizerException(
            "%s: the id of '%s' is %s, not a number"
                .formatted(vocabularyName, entry.getKey(), entry.getValue()));
      }
      vocabulary.put(entry.getKey(), entry.getValue().intValue());
    }
    List<String> merges = merges(new String(mergesText, UTF_8), mergesName);
    var special = new LinkedHashSet<String>();
    var split = SplitPattern.GPT2;
    if (config.isPresent()) {
      JsonNode root = Json.object(config.get(), vocabularyName + "'s tokenizer_config.json");
      root.path("added_tokens_decoder")
          .properties()
          .forEach(
              e -> {
                String content = e.getValue().path("content").asString("");
                vocabulary.putIfAbsent(content, Integer.parseInt(e.getKey()));
                special.add(content);
              });
      if (root.path("tokenizer_class").asString("").startsWith("Qwen2")) {
        split = SplitPattern.QWEN;
      }
    }
    special.addAll(unmade(vocabulary, merges, special, mergesName));
    return TokenizerJsonWriter.byteLevel(vocabulary, merges, List.copyOf(special), split);
  }

  private static List<String> merges(String text, String name) {
    var merges = new ArrayList<String>();
    int number = 0;
    for (String line : text.split("\r?\n")) {
      number++;
      if (line.isEmpty() || number == 1 && line.startsWith("#version")) {
        continue;
      }
      if (line.split(" ", -1).length != 2 || line.startsWith(" ") || line.endsWith(" ")) {
        throw new TokenizerException(
            "%s, line %d: expected two tokens with a space between, found '%s'"
                .formatted(name, number, line));
      }
      merges.add(line);
    }
    return merges;
  }

  private static List<String> unmade(
      Map<String, Integer> vocabulary, List<String> merges, Set<String> known, String mergesName) {
    var made = new HashSet<String>(known);
    merges.forEach(merge -> made.add(merge.replace(" ", "")));
    made.addAll(TokenizerJsonWriter.byteVocabulary().keySet());
    var unmade = new ArrayList<String>();
    for (String token : vocabulary.keySet()) {
      if (made.contains(token)) {
        continue;
      }
      boolean bracketed = token.matches("<.+>|\\[.+]");
      if (!bracketed) {
        throw new TokenizerException(
            "%s: no merge makes the token '%s'; the file may be cut: fetch it again"
                .formatted(mergesName, token));
      }
      unmade.add(token);
    }
    return unmade;
  }
}
