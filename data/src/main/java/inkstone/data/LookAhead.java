package inkstone.data;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A reader that finds out whether there is a next document by reading it. */
abstract class LookAhead implements Documents.Reader {
  private @Nullable Document next;
  private boolean ended;

  /** The next document, or null at the end. */
  abstract @Nullable Document advance();

  @Override
  public final boolean hasNext() {
    if (next == null && !ended) {
      next = advance();
      ended = next == null;
    }
    return next != null;
  }

  @Override
  public final Document next() {
    if (!hasNext() || next == null) {
      throw new NoSuchElementException("no document is left");
    }
    var document = next;
    next = null;
    return document;
  }
}
