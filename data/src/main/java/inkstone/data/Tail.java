package inkstone.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One side of a split that holds out the end of each source, from a line break (or the start of a
 * document) on; where none comes in the first half of that end, from between two characters.
 */
final class Tail extends LookAhead {

  /** With so many bytes to hold out, at least one character is held out. */
  static final int LEAST = 8;

  private final Documents.Reader reader;
  private final List<Long> sources;
  private final double share;
  private final boolean side;
  private int source = -1;
  private long position;
  private long target;
  private long limit;
  private boolean afterBreak;
  private boolean cut;
  private boolean first;

  Tail(Documents.Reader reader, List<Long> sources, double share, boolean side) {
    this.reader = reader;
    this.sources = sources;
    this.share = share;
    this.side = side;
  }

  /** The most bytes of a source that are held out. */
  static long length(long bytes, double share) {
    return (long) (bytes * share);
  }

  @Override
  @Nullable Document advance() {
    while (reader.hasNext()) {
      var document = reader.next();
      if (document.source() != source) {
        start(document.source());
      }
      var text = document.text();
      var border = cut ? 0 : border(document);
      if (side && border < text.length()) {
        var continues = document.continues() && !first;
        first = false;
        return new Document(document.name(), source, text.substring(border), continues);
      }
      if (!side && border > 0) {
        return new Document(
            document.name(), source, text.substring(0, border), document.continues());
      }
    }
    return null;
  }

  private void start(int next) {
    source = next;
    position = 0;
    var held = length(sources.get(next), share);
    target = sources.get(next) - held;
    limit = target + held / 2;
    afterBreak = false;
    cut = false;
    first = true;
  }

  /** The index of the first character that is held out; the length of the text if none is. */
  private int border(Document document) {
    var text = document.text();
    var end = position + document.bytes();
    if (end < target) {
      position = end;
      afterBreak = text.endsWith("\n");
      return text.length();
    }
    for (int i = 0; i < text.length(); ) {
      var here = i == 0 && !document.continues();
      if (position >= target && (here || afterBreak || position >= limit)) {
        cut = true;
        return i;
      }
      var character = text.codePointAt(i);
      position += utf8(character);
      afterBreak = character == '\n';
      i += Character.charCount(character);
    }
    return text.length();
  }

  private static int utf8(int character) {
    return character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
  }

  @Override
  public void close() {
    reader.close();
  }
}
