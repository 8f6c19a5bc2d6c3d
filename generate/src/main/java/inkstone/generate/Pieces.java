package inkstone.generate;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * A text while it is written: one {@link Piece} for each token. It can be gone through once. {@link
 * #close} frees its memory; before the end it cancels, and may then come from another thread: a
 * step that is under way ends, and no further one begins.
 *
 * <p>Pieces of a {@link LanguageModel} are computed on the thread that asks for them, when it asks;
 * those of a {@link GenerationEngine} come from its thread, and asking waits for them.
 */
public abstract sealed class Pieces implements Iterable<Piece>, AutoCloseable
    permits DirectPieces, EnginePieces {

  private final boolean logprobsWanted;
  private final StringBuilder text = new StringBuilder();
  private final List<Double> logprobs = new ArrayList<>();
  private int handedOn;

  Pieces(boolean logprobsWanted) {
    this.logprobsWanted = logprobsWanted;
  }

  /** The next piece; empty once the text has ended or this is closed. */
  public final synchronized Optional<Piece> next() {
    var piece = take();
    piece.ifPresent(
        each -> {
          text.append(each.text());
          logprobs.add(each.logprob());
          handedOn++;
        });
    return piece;
  }

  /** The next piece, computed or waited for. */
  abstract Optional<Piece> take();

  /** What is written. */
  abstract Writing writing();

  /** Whether it was closed before its end. */
  abstract boolean isCancelled();

  /** The pieces that are still to come; every call gives the same, single pass. */
  @Override
  public final Iterator<Piece> iterator() {
    return new Iterator<>() {
      private Optional<Piece> ahead = Optional.empty();

      @Override
      public boolean hasNext() {
        if (ahead.isEmpty()) {
          ahead = Pieces.this.next();
        }
        return ahead.isPresent();
      }

      @Override
      public Piece next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the text has ended");
        }
        var piece = ahead.get();
        ahead = Optional.empty();
        return piece;
      }
    };
  }

  /** What the generation came to; writes the rest first, where it has not ended. */
  public final Completion completion() {
    while (next().isPresent()) {
      // Each step adds to the text.
    }
    synchronized (this) {
      var reason =
          isCancelled()
              ? FinishReason.CANCELLED
              : writing().finished().orElse(FinishReason.CANCELLED);
      return writing()
          .completion(text.toString(), logprobsWanted ? logprobs : List.of(), handedOn, reason);
    }
  }

  /** Ends the text where it is and frees its memory; a second call does nothing. */
  @Override
  public abstract void close();
}
