package inkstone.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * BERT's {@code vocab.txt}, a token a line, whose number from 0 is its id. How text is cleaned is
 * said by the {@code tokenizer_config.json} beside it; without one it is lower-cased, unless the
 * vocabulary has words that begin with a capital letter.
 */
final class VocabularyText {

  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private VocabularyText() {}

  /** The {@code tokenizer.json} that says the same. */
  static byte[] toJson(byte[] text, String name, Optional<byte[]> config) {
    List<String> tokens = tokens(new String(text, UTF_8), name);
    JsonNode said =
        config
            .<JsonNode>map(json -> Json.object(json, name + "'s tokenizer_config.json"))
            .orElseGet(NODES::objectNode);
    var source = new Source(name + "'s tokenizer_config.json");
    var cleaning = NODES.objectNode().put("type", "BertNormalizer").put("clean_text", true);
    cleaning.put("handle_chinese_chars", source.flag(said, "", "tokenize_chinese_chars", true));
    if (Source.absent(said.path("strip_accents"))) {
      cleaning.putNull("strip_accents");
    } else {
      cleaning.put("strip_accents", source.flag(said, "", "strip_accents"));
    }
    cleaning.put("lowercase", source.flag(said, "", "do_lower_case", !hasCapitals(tokens)));
    return WordPieceJson.write(tokens, SPECIAL, cleaning);
  }

  private static List<String> tokens(String text, String name) {
    var tokens = new ArrayList<String>();
    for (String line : text.split("\n", -1)) {
      tokens.add(line.stripTrailing());
    }
    while (!tokens.isEmpty() && tokens.getLast().isEmpty()) {
      tokens.removeLast();
    }
    if (!tokens.contains("[UNK]")) {
      throw new TokenizerException(
          "%s: has no line '[UNK]'; is this the vocab.txt of a BERT?".formatted(name));
    }
    return tokens;
  }

  /** Whether a word begins with a capital letter, which lower-cased text never does. */
  static boolean hasCapitals(List<String> tokens) {
    return tokens.stream()
        .anyMatch(
            t ->
                t.length() > 1
                    && t.chars().allMatch(Character::isLetter)
                    && Character.isUpperCase(t.charAt(0)));
  }
}
