package inkstone.generate;

import java.util.ArrayDeque;
import java.util.Optional;

/** Pieces that come from the thread of a {@link GenerationEngine}. */
final class EnginePieces extends Pieces {

  private final Writing writing;
  private final ArrayDeque<Piece> come = new ArrayDeque<>();
  private final Object lock = come;
  private final Runnable wake;
  private boolean ended; // nothing more comes
  private boolean closed;
  private Optional<RuntimeException> failure = Optional.empty();

  /**
   * Pieces of a text that has not begun.
   *
   * @param wake called when the text is given up, so that the engine notices
   */
  EnginePieces(Writing writing, boolean logprobs, Runnable wake) {
    super(logprobs);
    this.writing = writing;
    this.wake = wake;
  }

  @Override
  Optional<Piece> take() {
    try {
      return awaited();
    } catch (InterruptedException e) {
      close(); // outside of the lock: the engine takes its own before this one
      Thread.currentThread().interrupt();
      throw new GenerationException("interrupted while waiting for a text; it is given up");
    }
  }

  private Optional<Piece> awaited() throws InterruptedException {
    synchronized (lock) {
      while (come.isEmpty() && !ended && !closed) {
        lock.wait();
      }
      if (closed) {
        return Optional.empty();
      }
      if (come.isEmpty() && failure.isPresent()) {
        closed = true;
        throw failure.get();
      }
      return Optional.ofNullable(come.poll());
    }
  }

  /** Hands on what has come, on the engine's thread. */
  void deliver() {
    synchronized (lock) {
      for (var piece = writing.poll(); piece.isPresent(); piece = writing.poll()) {
        come.add(piece.get());
      }
      ended |= writing.isOver();
      failure = writing.failure();
      lock.notifyAll();
    }
  }

  /** Ends it unfinished. */
  void end() {
    synchronized (lock) {
      ended = true;
      lock.notifyAll();
    }
  }

  @Override
  Writing writing() {
    return writing;
  }

  @Override
  boolean isCancelled() {
    synchronized (lock) {
      return !(ended && come.isEmpty()) || writing.finished().isEmpty();
    }
  }

  /** Whether nobody wants more of it. */
  boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    wake.run();
  }
}
