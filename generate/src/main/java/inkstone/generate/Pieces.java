package inkstone.generate;

import inkstone.model.Batch;
import inkstone.model.Decoder;
import inkstone.tensor.Gradients;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import inkstone.text.TextStream;
import inkstone.text.Tokenizer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A text while it is written: one {@link Piece} for each token, computed on the thread that asks
 * for it, when it asks. It can be gone through once. {@link #close} frees its memory; before the
 * end it cancels, and may then come from another thread: a step that is under way is waited for,
 * and no further one begins.
 */
public final class Pieces implements Iterable<Piece>, AutoCloseable {

  private final Decoder decoder;
  private final Tokenizer tokenizer;
  private final List<Integer> endOfText;
  private final GenerationRequest request;
  private final long seed;
  private final Sampler sampler;
  private final int[] prompt;
  private final int maxTokens;
  private final ContiguousCache cache;
  private final TextStream characters;
  private final StopStrings stops;
  private final StringBuilder text = new StringBuilder();
  private final List<Double> logprobs = new ArrayList<>();
  private OptionalInt last = OptionalInt.empty();
  private int written;
  private long promptNanos;
  private long generationNanos;
  private Optional<FinishReason> finished = Optional.empty();
  private volatile boolean cancelled;

  Pieces(LanguageModel model, GenerationRequest request, Sampling sampling, int[] prompt) {
    decoder = model.decoder();
    tokenizer = model.tokenizer();
    endOfText = model.defaults().end();
    this.request = request;
    this.prompt = prompt;
    seed = request.seed().orElseGet(() -> Math.abs(System.nanoTime() % 1_000_000_000));
    sampler = Sampler.of(sampling, seed, model.guide(request));
    sampler.see(prompt);
    int context = decoder.config().context();
    maxTokens = Math.min(request.maxTokens(), context - prompt.length);
    cache = ContiguousCache.of(context);
    stops = new StopStrings(request.stop());
    // A text that goes on with words keeps the space before its first.
    characters = tokenizer.stream(!request.prompt().isEmpty());
  }

  /** The next piece; empty once the text has ended or this is closed. */
  public synchronized Optional<Piece> next() {
    if (cancelled || finished.isPresent()) {
      return Optional.empty();
    }
    long begin = System.nanoTime();
    try {
      return Optional.of(step());
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    } finally {
      long nanos = System.nanoTime() - begin;
      if (written > 1) {
        generationNanos += nanos;
      } else {
        promptNanos += nanos;
      }
    }
  }

  private Piece step() {
    var choice = sampler.next(logits());
    boolean ends = endOfText.contains(choice.id());
    last = OptionalInt.of(choice.id());
    written++;
    logprobs.add(choice.logprob());
    var certain = stops.accept(ends ? "" : characters.accept(choice.id()));
    if (ends || stops.stopped() || sampler.finished()) {
      finished = Optional.of(FinishReason.STOP);
    } else if (written == maxTokens) {
      finished = Optional.of(FinishReason.LENGTH);
    }
    if (finished.isPresent()) {
      certain += stops.accept(characters.finish()) + stops.finish();
      cache.close();
    }
    text.append(certain);
    return new Piece(certain, choice.id(), choice.logprob());
  }

  /** Reads the whole prompt, or else the token written last. */
  private float[] logits() {
    int[] news = last.isPresent() ? new int[] {last.getAsInt()} : prompt;
    int start = last.isPresent() ? prompt.length + written - 1 : 0;
    try (var off = Gradients.off();
        var scope = Scope.open()) {
      var ids = Tensor.of(news, news.length).to(decoder.device());
      var logits = decoder.forward(Batch.decoding(ids, start, cache));
      // A network may be padded with rows that stand for no token.
      return logits.narrow(1, 0, tokenizer.vocabularySize()).toFloats();
    }
  }

  /** The pieces that are still to come; every call gives the same, single pass. */
  @Override
  public Iterator<Piece> iterator() {
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
  public Completion completion() {
    while (next().isPresent()) {
      // Each step adds to the text.
    }
    return summary();
  }

  private synchronized Completion summary() {
    return new Completion(
        text.toString(),
        prompt.length,
        written,
        finished.orElse(FinishReason.CANCELLED),
        request.logprobs() ? logprobs : List.of(),
        seed,
        Timings.of(promptNanos, generationNanos, written));
  }

  /** Ends the text where it is and frees its memory; a second call does nothing. */
  @Override
  public void close() {
    cancelled = true; // before waiting for the step under way, so that it is the last
    synchronized (this) {
      cache.close();
    }
  }
}
