package inkstone.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads the {@code pre_tokenizer} of a byte-level {@code tokenizer.json}. */
final class PreTokenizerReader {

  private final String where;
  private final List<Splitter> splitters = new ArrayList<>();
  private boolean byteLevel;
  private boolean prefixSpace;

  PreTokenizerReader(String where) {
    this.where = where;
  }

  /**
   * Whether the bytes are written in GPT-2's alphabet, without which no other class may read it.
   */
  boolean byteLevel() {
    return byteLevel;
  }

  /** Whether a text that does not start with a space gets one. */
  boolean prefixSpace() {
    return prefixSpace;
  }

  Splitter splitter() {
    return Splitter.chain(splitters);
  }

  /** Reads one component, a sequence's parts in order. */
  void read(JsonNode node, String key) {
    if (TokenizerJson.absent(node)) {
      return;
    }
    if (byteLevel) {
      throw unsupported(key, "a component after ByteLevel", "ByteLevel as the last");
    }
    String type = node.path("type").asString("");
    switch (type) {
      case "Sequence" -> {
        int i = 0;
        for (JsonNode step : node.path("pretokenizers")) {
          read(step, "%s.pretokenizers[%d]".formatted(key, i++));
        }
      }
      case "ByteLevel" -> {
        byteLevel = true;
        prefixSpace = node.path("add_prefix_space").asBoolean(true);
        if (prefixSpace && !splitters.isEmpty()) {
          throw unsupported(key, "add_prefix_space after a split", "it in ByteLevel alone");
        }
        if (node.path("use_regex").asBoolean(true)) {
          splitters.add(SplitPattern.GPT2.splitter());
        }
      }
      case "Digits" ->
          splitters.add(
              RegexSplitter.of(
                  node.path("individual_digits").asBoolean(false) ? "\\p{N}" : "\\p{N}+"));
      case "Split" -> splitters.add(split(node, key));
      default -> throw unsupported(key, type, "Sequence, Split, Digits, ByteLevel");
    }
  }

  private Splitter split(JsonNode node, String key) {
    String behavior = node.path("behavior").asString("");
    if (!behavior.equals("Isolated") || node.path("invert").asBoolean(false)) {
      throw unsupported(key + ".behavior", behavior, "Isolated, not inverted");
    }
    JsonNode pattern = node.path("pattern");
    if (pattern.path("String").isString()) {
      return RegexSplitter.of(Pattern.quote(pattern.path("String").asString()));
    }
    if (!pattern.path("Regex").isString()) {
      throw unsupported(key + ".pattern", pattern.toString(), "Regex, String");
    }
    return RegexSplitter.of(pattern.path("Regex").asString());
  }

  private TokenizerException unsupported(String key, String value, String supported) {
    return new TokenizerException(
        "%s: %s '%s' is not supported; supported: %s".formatted(where, key, value, supported));
  }
}
