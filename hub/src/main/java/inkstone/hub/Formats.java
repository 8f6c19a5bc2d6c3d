package inkstone.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which formats are let in: those that hold numbers and text, and no program. */
final class Formats {

  /** What Python's pickle, or a program built on it, writes. */
  private static final Pattern PICKLE =
      Pattern.compile("(?i).*\\.(bin|pt|pth|ckpt|pkl|pickle|joblib|dill)");

  /** A safetensors header may be this long (its reference implementation says so). */
  private static final long LONGEST_HEADER = 100_000_000;

  static final String WHAT_TO_DO =
      "take a revision or a repository with safetensors, or convert it on a machine that may be"
          + " harmed: AutoModel.from_pretrained(...).save_pretrained(folder,"
          + " safe_serialization=True) in Transformers";

  private Formats() {}

  static boolean isPickle(String name) {
    return PICKLE.matcher(name).matches();
  }

  static boolean isWeights(String name) {
    return ends(name, ".safetensors") || ends(name, ".gguf");
  }

  static boolean ends(String name, String end) {
    return name.toLowerCase(Locale.ROOT).endsWith(end);
  }

  /**
   * Refuses what may hold a program, by its name.
   *
   * @throws HubException with the reason and what to do
   */
  static void checkName(String name) {
    if (isPickle(name)) {
      throw new HubException(
          "%s is a pickle by its name: opening one can run any program. It is refused; %s"
              .formatted(FileName.shown(name), WHAT_TO_DO));
    }
  }

  /**
   * Refuses a file that is something else than its name says.
   *
   * @throws HubException with what it looks like
   */
  static void checkContent(String name, Path file) throws IOException {
    var head = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    long size;
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      size = channel.size();
      while (head.hasRemaining() && channel.read(head) >= 0) {}
    }
    head.flip();
    if (ends(name, ".safetensors")) {
      var header = head.limit() < 9 ? -1 : head.getLong(0);
      if (header < 2 || header > Math.min(LONGEST_HEADER, size - 8) || head.get(8) != '{') {
        throw new HubException(name + " is no safetensors file" + looks(head) + "; it was removed");
      }
    } else if (ends(name, ".gguf")) {
      if (head.limit() < 4 || !begins(head, 'G', 'G', 'U', 'F')) {
        throw new HubException(name + " is no GGUF file" + looks(head) + "; it was removed");
      }
    } else if (begins(head, 0x80) && head.limit() > 1 && head.get(1) >= 2 && head.get(1) <= 5) {
      throw new HubException(
          "%s is a pickle: opening one can run any program. It was removed; %s"
              .formatted(name, WHAT_TO_DO));
    } else if (Archive.Kind.of(name).isEmpty() && begins(head, 'P', 'K', 3, 4)) {
      throw new HubException(
          name + " is a zip archive under another name, as PyTorch writes pickles; it was removed");
    } else if (ends(name, ".json") && first(head) != '{' && first(head) != '[') {
      throw new HubException(name + " is no JSON" + looks(head) + "; it was removed");
    }
  }

  private static boolean begins(ByteBuffer head, int... bytes) {
    for (int i = 0; i < bytes.length; i++) {
      if (i >= head.limit() || (head.get(i) & 0xFF) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /** The first byte that is neither white space nor a byte order mark; -1 without one. */
  private static int first(ByteBuffer head) {
    for (int i = begins(head, 0xEF, 0xBB, 0xBF) ? 3 : 0; i < head.limit(); i++) {
      if (!Character.isWhitespace(head.get(i))) {
        return head.get(i) & 0xFF;
      }
    }
    return -1;
  }

  private static String looks(ByteBuffer head) {
    if (first(head) == '<') {
      return " but a web page; does it need a token?";
    }
    if (begins(head, 'v', 'e', 'r', 's', 'i', 'o', 'n', ' ')) {
      return " but a pointer of Git LFS";
    }
    return head.limit() == 0 ? " but empty" : "";
  }

  /** A reason to refuse a web page that stands where a file was meant. */
  static Optional<String> isPage(String name, Optional<String> contentType) {
    return contentType.filter(type -> type.startsWith("text/html")).isPresent()
            && !ends(name, ".html")
            && !ends(name, ".htm")
        ? Optional.of("answers with a web page and no file; name the address of the file itself")
        : Optional.empty();
  }
}
