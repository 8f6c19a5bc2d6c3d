package inkstone.text;

import java.nio.file.Path;
import java.util.Map;

/**
 * Text to token ids and back. Instances are immutable and safe for use by many threads.
 *
 * <p>{@link #encode} treats its argument as plain text: whatever a user types, it never yields the
 * id of a special token. Special tokens are asked for by name, through {@link #special}.
 */
public interface Tokenizer {

  /** The ids of {@code text} as plain text; never a special id. */
  int[] encode(String text);

  /** The text of {@code ids}; special tokens give nothing, broken UTF-8 gives U+FFFD. */
  String decode(int... ids);

  /** The bytes that one id stands for; empty for a special token. */
  byte[] bytes(int id);

  /** The number of ids, special tokens included: every id is in {@code [0, vocabularySize)}. */
  int vocabularySize();

  /** Special (control) tokens by name, for example {@code <|endoftext|>}. */
  Map<String, Integer> special();

  /** SHA-256 of tokenizer.json, hex. */
  String sha256();

  /** Writes {@code tokenizer.json} in Hugging Face's form into {@code directory}. */
  void save(Path directory);
}
