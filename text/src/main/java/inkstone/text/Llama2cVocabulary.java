package inkstone.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code tokenizer.bin} of llama2.c as the metadata of a GGUF file: the length of the longest
 * token, then for each token its score, its length and its bytes.
 *
 * @see <a href="https://github.com/karpathy/llama2.c/blob/master/tokenizer.py">export</a>
 */
public final class Llama2cVocabulary {

  /** The ids that every SentencePiece vocabulary of this kind begins with. */
  private static final int UNKNOWN_ID = 0;

  private static final int BEGIN_ID = 1;
  private static final int END_ID = 2;
  private static final int BYTES_BEGIN = 3;
  private static final int BYTES_END = BYTES_BEGIN + 256;

  /** A vocabulary of 256 thousand tokens takes 4 MB. */
  private static final long MOST_BYTES = 64 << 20;

  private Llama2cVocabulary() {}

  /**
   * Reads a file.
   *
   * @throws TokenizerException if it is missing, cut or of another kind
   */
  public static Map<String, Object> read(Path path) {
    var in = ByteBuffer.wrap(bytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    var tokens = new ArrayList<String>();
    var scores = new ArrayList<Float>();
    var types = new ArrayList<Integer>();
    if (in.remaining() >= Integer.BYTES) {
      in.getInt();
    }
    while (in.hasRemaining()) {
      int id = tokens.size();
      tokens.add(token(in, path, id, scores));
      types.add(type(id));
    }
    if (tokens.size() <= BYTES_END) {
      throw new TokenizerException(
          "%s: %d tokens are too few; a tokenizer of llama2.c has 3 and 256 bytes before its own"
              .formatted(path, tokens.size()));
    }
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("tokenizer.ggml.model", "llama");
    metadata.put("tokenizer.ggml.pre", "default");
    metadata.put("tokenizer.ggml.tokens", tokens);
    metadata.put("tokenizer.ggml.scores", scores);
    metadata.put("tokenizer.ggml.token_type", types);
    metadata.put("tokenizer.ggml.bos_token_id", (long) BEGIN_ID);
    metadata.put("tokenizer.ggml.eos_token_id", (long) END_ID);
    // The models were trained on texts one after the other, each begun by this token.
    metadata.put("tokenizer.ggml.eot_token_id", (long) BEGIN_ID);
    metadata.put("tokenizer.ggml.unknown_token_id", (long) UNKNOWN_ID);
    metadata.put("tokenizer.ggml.add_bos_token", true);
    metadata.put("tokenizer.ggml.add_eos_token", false);
    metadata.put("tokenizer.ggml.add_space_prefix", true);
    return metadata;
  }

  private static byte[] bytes(Path path) {
    try {
      if (Files.size(path) > MOST_BYTES) {
        throw new TokenizerException(path + ": is too large for a tokenizer of llama2.c");
      }
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new TokenizerException("%s: cannot be read: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static String token(ByteBuffer in, Path path, int id, ArrayList<Float> scores) {
    int length = -1;
    if (in.remaining() >= 2 * Integer.BYTES) {
      scores.add(in.getFloat());
      length = in.getInt();
    }
    if (length < 0 || length > in.remaining()) {
      throw new TokenizerException(
          "%s: token %d is cut, or this is no tokenizer of llama2.c; export it again"
              .formatted(path, id));
    }
    var bytes = in.slice(in.position(), length);
    in.position(in.position() + length);
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      // The export wrote spaces for U+2581, and line ends around the two tokens of a text.
      return switch (id) {
        case UNKNOWN_ID -> "<unk>";
        case BEGIN_ID -> "<s>";
        case END_ID -> "</s>";
        default -> text.replace(' ', '\u2581');
      };
    } catch (CharacterCodingException e) {
      throw new TokenizerException(
          "%s: token %d is not UTF-8; export the tokenizer again".formatted(path, id), e);
    }
  }

  private static int type(int id) {
    return switch (id) {
      case UNKNOWN_ID -> 2;
      case BEGIN_ID, END_ID -> 3;
      default -> id < BYTES_END ? 6 : 1;
    };
  }
}
