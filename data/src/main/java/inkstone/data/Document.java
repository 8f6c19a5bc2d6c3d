package inkstone.data;

/**
 * One unit of text that is kept whole: a file, a line of a {@code .jsonl} file, a synset. A very
 * long one comes in parts.
 *
 * @param name where it came from, for messages: a path, with {@code :line} where it has one
 * @param source number of the file that it came from, counted from 0 in the order of reading
 * @param text its text, or a part of it that ends at a line break; well-formed
 * @param continues whether this is a further part of the document that came just before
 */
public record Document(String name, int source, String text, boolean continues) {

  /** The length of its text in UTF-8. */
  public long bytes() {
    long bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c >= 0x80) {
        // Each half of a surrogate pair counts two of the pair's four bytes.
        bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return bytes;
  }
}
