package inkstone.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads the {@code normalizer} of a {@code tokenizer.json}. */
final class NormalizerReader {

  private static final String KNOWN =
      "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, BertNormalizer, Prepend, Append,"
          + " Replace, Precompiled, Nmt, ByteLevel, Sequence";

  private final Source source;

  NormalizerReader(Source source) {
    this.source = source;
  }

  /** The component at {@code key}; {@link TextNormalizer#NONE} where it is absent. */
  TextNormalizer read(JsonNode node, String key) {
    if (Source.absent(node)) {
      return TextNormalizer.NONE;
    }
    String type = node.path("type").asString("");
    return switch (type) {
      case "NFC", "NFD", "NFKC", "NFKD" -> unicode(Normalizer.Form.valueOf(type));
      case "Lowercase" -> Characteristics::lowercase;
      case "StripAccents" -> text -> Characteristics.filter(text, c -> !Characteristics.isMark(c));
      case "Nmt" -> Characteristics::nmt;
      case "ByteLevel" -> text -> ByteAlphabet.write(Utf8.encode(text));
      case "Strip" ->
          strip(source.flag(node, key, "strip_left"), source.flag(node, key, "strip_right"));
      case "BertNormalizer" -> bert(node, key);
      case "Prepend" -> prepend(source.text(node, key, "prepend"));
      case "Append" -> append(source.text(node, key, "append"));
      case "Replace" -> replace(node, key);
      case "Precompiled" -> precompiled(node, key);
      case "Sequence" -> {
        var steps = new ArrayList<TextNormalizer>();
        int i = 0;
        for (JsonNode step : node.path("normalizers")) {
          steps.add(read(step, "%s.normalizers[%d]".formatted(key, i++)));
        }
        yield TextNormalizer.sequence(steps);
      }
      default -> throw source.unsupported(key, type, KNOWN);
    };
  }

  private static TextNormalizer unicode(Normalizer.Form form) {
    return text -> Normalizer.isNormalized(text, form) ? text : Normalizer.normalize(text, form);
  }

  private static TextNormalizer strip(boolean left, boolean right) {
    return text -> Characteristics.strip(text, left, right);
  }

  private TextNormalizer bert(JsonNode node, String key) {
    boolean lowercase = source.flag(node, key, "lowercase");
    return new BertNormalizer(
        source.flag(node, key, "clean_text"),
        source.flag(node, key, "handle_chinese_chars"),
        Source.absent(node.path("strip_accents"))
            ? lowercase
            : source.flag(node, key, "strip_accents"),
        lowercase);
  }

  private static TextNormalizer prepend(String prefix) {
    return text -> text.isEmpty() ? text : prefix + text;
  }

  private static TextNormalizer append(String suffix) {
    return text -> text.isEmpty() ? text : text + suffix;
  }

  private TextNormalizer replace(JsonNode node, String key) {
    Pattern pattern = source.pattern(node, key);
    String content = source.text(node, key, "content");
    String replacement = Matcher.quoteReplacement(content);
    return text -> pattern.matcher(text).replaceAll(replacement);
  }

  private TextNormalizer precompiled(JsonNode node, String key) {
    String encoded = source.text(node, key, "precompiled_charsmap");
    try {
      byte[] charsmap = Base64.getDecoder().decode(encoded);
      return new PrecompiledNormalizer(Charsmap.parse(charsmap, source.where() + ": " + key));
    } catch (IllegalArgumentException e) {
      throw source.error(key + ".precompiled_charsmap", "is not base64: " + e.getMessage());
    }
  }
}
