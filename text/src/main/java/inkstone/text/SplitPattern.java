package inkstone.text;

import java.util.List;
import java.util.Locale;

/** The published patterns that cut text before byte-pair merges. */
public enum SplitPattern {
  /** GPT-2's (Radford et al. 2019), used by MiniMind too. */
  GPT2(
      new Gpt2Scanner(),
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
      "'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s"),
  /** GPT-4's cl100k as Hugging Face files write it, the same as Llama-3's. */
  CL100K(
      new Cl100kScanner(3),
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
      "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"),
  /** Qwen2's and Qwen3's: cl100k with every digit on its own. */
  QWEN(
      new Cl100kScanner(1),
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+");

  private final Splitter splitter;
  private final List<String> regexes;

  SplitPattern(Splitter splitter, String... regexes) {
    this.splitter = splitter;
    this.regexes = List.of(regexes);
  }

  /** The pattern as a regular expression in the form that a {@code tokenizer.json} holds. */
  public String regex() {
    return regexes.getFirst();
  }

  /** The name on a command line: gpt2, cl100k, qwen. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Every spelling of this pattern that is known to cut the same pieces. */
  List<String> regexes() {
    return regexes;
  }

  Splitter splitter() {
    return splitter;
  }
}
