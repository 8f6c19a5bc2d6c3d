package inkstone.text;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Text to token ids and back. Instances are immutable and safe for use by many threads.
 *
 * <p>{@link #encode} treats its argument as plain text: whatever a user types, it never yields the
 * id of a special token. Special tokens are asked for by name, through {@link #special}, or written
 * in the trusted part of a template, through {@link #encodeTemplate}.
 *
 * <p>Special is what the file marks so, and what is written {@code <|...|>} even where the file
 * forgets the mark. The unknown token alone may come of plain text, where a model has no other way
 * to write it. An added token that is not special, such as Qwen3's {@code <think>}, is part of the
 * ordinary vocabulary: plain text yields it, and decoding gives its name back.
 */
public interface Tokenizer {

  /**
   * Opens a tokenizer: a {@code tokenizer.json}; a SentencePiece {@code tokenizer.model}; BERT's
   * {@code vocab.txt}; a {@code vocab.json} or {@code encoder.json} with its {@code merges.txt} or
   * {@code vocab.bpe} beside it; or a directory that holds one of these, of several the first.
   *
   * @throws TokenizerException where a file is missing, cut or corrupted, or asks for a component
   *     that is not supported; the message names it
   */
  static Tokenizer open(Path fileOrDirectory) {
    return TokenizerFiles.open(fileOrDirectory);
  }

  /**
   * The tokenizer of a GGUF file, from its metadata {@code tokenizer.ggml.*}.
   *
   * @param where names the file in messages
   * @throws TokenizerException where the vocabulary is missing or of a kind that is not supported
   */
  static Tokenizer ofGguf(Map<String, Object> metadata, String where) {
    return GgufTokenizer.open(metadata, where);
  }

  /**
   * The plain byte tokenizer: ids 0 to 255 are the bytes of UTF-8, then come {@code special}. It is
   * byte-level BPE without merges.
   */
  static Tokenizer ofBytes(List<String> special) {
    return TokenizerJson.read(
        TokenizerJsonWriter.byteLevel(
            TokenizerJsonWriter.byteVocabulary(), List.of(), special, SplitPattern.GPT2),
        "the byte tokenizer");
  }

  /** The ids of {@code text} as plain text; never a special id. A lone surrogate is U+FFFD. */
  int[] encode(String text);

  /** The ids of each text, as {@link #encode} gives them, found by all processors. */
  default List<int[]> encodeAll(List<String> texts) {
    return texts.parallelStream().map(this::encode).toList();
  }

  /**
   * The ids of a prompt in which only the trusted spans may name special tokens. The spans are
   * encoded as one text, so that a piece may run from one into the next; a special name that is not
   * wholly inside one trusted span is plain text.
   *
   * @throws UnsupportedOperationException by a tokenizer for plain text only; none that {@link
   *     #open} or a trainer gives is one
   */
  default int[] encodeTemplate(List<Span> spans) {
    throw new UnsupportedOperationException("this tokenizer encodes plain text only");
  }

  /** The ids of a text that is trusted from end to end: names of special tokens are the tokens. */
  default int[] encodeTemplate(String trusted) {
    return encodeTemplate(List.of(Span.template(trusted)));
  }

  /** The text of {@code ids}; special tokens give nothing, broken UTF-8 gives U+FFFD. */
  String decode(int... ids);

  /**
   * The bytes that one id adds in the middle of a text; empty for a special token. What an id adds
   * at the beginning or the end of a text may be less, as {@link #stream} knows.
   */
  byte[] bytes(int id);

  /**
   * Decodes ids as they come.
   *
   * @param continuing the ids go on with a text, so that a space is kept that would be dropped at
   *     the beginning of one
   */
  default TextStream stream(boolean continuing) {
    return TextStream.ofBytes(this);
  }

  /** What belongs around a text and around a pair, for who wants it; encoding never adds it. */
  default PostProcessor postProcessor() {
    return PostProcessor.NONE;
  }

  /** The number of ids, special tokens included: every id is in {@code [0, vocabularySize)}. */
  int vocabularySize();

  /** Special (control) tokens by name, for example {@code <|endoftext|>}. */
  Map<String, Integer> special();

  /**
   * The id of the special token {@code name}.
   *
   * @throws TokenizerException where there is none of that name
   */
  default int special(String name) {
    Integer id = special().get(name);
    if (id == null) {
      throw new TokenizerException(
          "no special token '%s' in this tokenizer; it has %s".formatted(name, special().keySet()));
    }
    return id;
  }

  /** The SHA-256 of this tokenizer's {@code tokenizer.json}, 64 lower-case hexadecimal digits. */
  String sha256();

  /**
   * Writes {@code tokenizer.json} in Hugging Face's form, and the {@code tokenizer_config.json}
   * with which Transformers opens it, into {@code directory}. What was opened from a {@code
   * tokenizer.json} is written byte for byte as it was.
   */
  void save(Path directory);
}
