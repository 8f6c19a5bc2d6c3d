package inkstone.generate;

import java.util.List;
import java.util.Optional;

/** Pieces that are computed on the thread that asks for them. */
final class DirectPieces extends Pieces {

  private final Stepper stepper;
  private final Writing writing;
  private volatile boolean closed;
  private volatile boolean over;

  DirectPieces(Stepper stepper, Writing writing, boolean logprobs) {
    super(logprobs);
    this.stepper = stepper;
    this.writing = writing;
  }

  @Override
  Optional<Piece> take() {
    synchronized (stepper) {
      while (!closed) {
        var piece = writing.poll();
        if (piece.isPresent() || writing.isOver()) {
          over = writing.isOver() && writing.isDrained();
          return piece;
        }
        step();
      }
      return Optional.empty();
    }
  }

  private void step() {
    try {
      var share = writing.share(Stepper.CHUNK);
      stepper.step(List.of(share.orElseThrow(() -> new GenerationException("the cache is full"))));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    var failure = writing.failure();
    if (failure.isPresent()) {
      close();
      throw failure.get();
    }
  }

  @Override
  Writing writing() {
    return writing;
  }

  @Override
  boolean isCancelled() {
    return closed && !over;
  }

  @Override
  public void close() {
    closed = true; // before waiting for the step under way, so that it is the last
    synchronized (stepper) {
      writing.close();
    }
  }
}
