package inkstone.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Names of {@code tokenizer.ggml.pre} and the patterns by which they cut text, one after the other
 * (llama.cpp, {@code llm_tokenizer_bpe}).
 */
final class GgufSplits {

  /** One digit by itself. */
  static final String DIGIT = "\\p{N}";

  private static final String GPT2 = SplitPattern.GPT2.regex();
  private static final String CL100K = SplitPattern.CL100K.regex();
  private static final String IDEOGRAPHS = "[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+";
  private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
  private static final String BEFORE = "[^\\r\\n\\p{L}\\p{N}]?";
  private static final String REST =
      "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String ENGLISH = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";

  private static final Map<String, List<String>> KNOWN = known();

  /**
   * The names that are written, each for its own patterns; llama.cpp knows more for some of them.
   */
  static final List<String> WRITTEN =
      List.of(
          "gpt-2",
          "smollm",
          "llama-bpe",
          "dbrx",
          "qwen2",
          "deepseek-llm",
          "deepseek-coder",
          "deepseek-v3",
          "falcon",
          "gpt-4o",
          "tekken");

  /** Those that take a piece that is a token as it is, whatever the merges would make of it. */
  private static final List<String> WHOLE_PIECES =
      List.of("llama-bpe", "llama3", "llama-v3", "tekken");

  private GgufSplits() {}

  private static Map<String, List<String>> known() {
    var known = new HashMap<String, List<String>>();
    Stream.of("gpt-2", "gpt2", "phi-2", "mpt", "olmo", "jais", "trillion", "jina-es", "jina-de")
        .forEach(name -> known.put(name, List.of(GPT2)));
    Stream.of("roberta-bpe", "exaone4").forEach(name -> known.put(name, List.of(GPT2)));
    Stream.of("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b")
        .forEach(name -> known.put(name, List.of(DIGIT, GPT2)));
    Stream.of("llama-bpe", "llama3", "llama-v3", "dbrx", "smaug-bpe", "chatglm-bpe", "glm4")
        .forEach(name -> known.put(name, List.of(CL100K)));
    Stream.of("qwen2", "stablelm2", "megrez", "deepseek-r1-qwen", "hunyuan")
        .forEach(name -> known.put(name, List.of(SplitPattern.QWEN.regex())));
    known.put(
        "deepseek-llm",
        List.of(
            "[\\r\\n]",
            "\\s?[\\p{Lu}\\p{Ll}\\p{Lt}]+",
            "\\s?[!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3000-\u3002]+",
            "\\s+$",
            IDEOGRAPHS,
            "\\p{N}+"));
    known.put(
        "deepseek-coder", List.of("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", IDEOGRAPHS, "\\p{N}"));
    known.put(
        "deepseek-v3",
        List.of(
            "\\p{N}{1,3}",
            "[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+",
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?"
                + "[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"));
    known.put("falcon", List.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", GPT2, "[0-9][0-9][0-9]"));
    known.put(
        "gpt-4o",
        List.of(
            BEFORE
                + UPPER
                + "*"
                + LOWER
                + "+"
                + ENGLISH
                + "|"
                + BEFORE
                + UPPER
                + "+"
                + LOWER
                + "*"
                + ENGLISH
                + "|\\p{N}{1,3}"
                + REST));
    known.put(
        "tekken",
        List.of(
            BEFORE
                + UPPER
                + "*"
                + LOWER
                + "+|"
                + BEFORE
                + UPPER
                + "+"
                + LOWER
                + "*|\\p{N}"
                + REST));
    return known;
  }

  /** The patterns that {@code pre} means; none where it is not known. */
  static List<String> of(String pre) {
    return KNOWN.getOrDefault(pre, List.of());
  }

  /**
   * The name of these patterns, where {@code whole} says that a piece that is a token stays one.
   */
  static Optional<String> named(List<String> patterns, boolean whole) {
    var usual = patterns.stream().map(GgufSplits::usual).toList();
    return WRITTEN.stream()
        .filter(name -> of(name).equals(usual) && takesWholePieces(name) == whole)
        .findFirst();
  }

  /** The first of the spellings of a pattern. */
  private static String usual(String regex) {
    for (var pattern : SplitPattern.values()) {
      if (pattern.regexes().contains(regex)) {
        return pattern.regex();
      }
    }
    return regex;
  }

  /** Every name that is known, in order. */
  static List<String> names() {
    var names = new ArrayList<>(KNOWN.keySet());
    names.sort(null);
    return names;
  }

  static boolean takesWholePieces(String pre) {
    return WHOLE_PIECES.contains(pre);
  }
}
