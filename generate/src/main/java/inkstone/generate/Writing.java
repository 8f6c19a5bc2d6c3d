package inkstone.generate;

import inkstone.text.TextStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One text while it is written: its tokens, what of them is in the cache, and what it has come to.
 * The tokens that are not in the cache yet are read next, be they a prompt, the token written last,
 * or all of them once its pages were given to others.
 */
final class Writing implements AutoCloseable {

  private final List<Integer> endOfText;
  private final Sampler sampler;
  private final TextStream characters;
  private final StopStrings stops;
  private final Guesser guesser;
  private final PagePool pool;
  private final int promptLength;
  private final int maxTokens;
  private final long seed;
  private final ArrayDeque<Piece> ready = new ArrayDeque<>();
  private int[] ids;
  private int count;
  private int written;
  private int reused;
  private int guessed;
  private int accepted;
  private long promptNanos;
  private long generationNanos;
  private @Nullable CachedSequence sequence;
  private Optional<FinishReason> finished = Optional.empty();
  private Optional<RuntimeException> failure = Optional.empty();

  /**
   * A text that has not begun.
   *
   * @param room the most tokens that it may come to, prompt and text together
   */
  Writing(
      LanguageModel model,
      PagePool pool,
      GenerationRequest request,
      Sampling sampling,
      int[] prompt,
      int room) {
    this.pool = pool;
    endOfText = model.defaults().end();
    promptLength = prompt.length;
    ids = prompt.clone();
    count = prompt.length;
    seed = request.seed().orElseGet(() -> Math.abs(System.nanoTime() % 1_000_000_000));
    sampler = Sampler.of(sampling, seed, model.guide(request));
    sampler.see(prompt);
    maxTokens = Math.min(request.maxTokens(), room - prompt.length);
    stops = new StopStrings(request.stop());
    // A text that goes on with words keeps the space before its first.
    characters = model.tokenizer().stream(!request.prompt().isEmpty());
    guesser = Guesser.of(request.speculation(), model);
  }

  /** What is in the cache; opened when first asked for. */
  CachedSequence sequence() {
    var own = sequence;
    if (own == null) {
      own = CachedSequence.open(pool, ids, count - 1);
      sequence = own;
      if (written == 0) {
        reused = own.length();
      }
    }
    return own;
  }

  /** How many tokens are to be read before the next can be chosen; 1 while it is decoded. */
  int pending() {
    return count - (sequence == null ? 0 : sequence.length());
  }

  /** How many tokens it has come to, the prompt among them. */
  int count() {
    return count;
  }

  /** What it would read next, {@code most} tokens or fewer; empty where the pool has no room. */
  Optional<Stepper.Share> share(int most) {
    var own = sequence();
    int from = own.length();
    int end = Math.min(count, from + most);
    if (end == count && maxTokens - written > 1) {
      var guesses = guesser.guess(ids, count, maxTokens - written - 1);
      if (guesses.length > 0 && own.reserve(end + guesses.length)) {
        var all = Arrays.copyOfRange(ids, from, end + guesses.length);
        System.arraycopy(guesses, 0, all, end - from, guesses.length);
        return Optional.of(new Stepper.Share(this, all, 1 + guesses.length));
      }
    }
    return own.reserve(end)
        ? Optional.of(
            new Stepper.Share(this, Arrays.copyOfRange(ids, from, end), end == count ? 1 : 0))
        : Optional.empty();
  }

  /** Goes on after a step, by the logits of the rows that it wanted. */
  void accept(Stepper.Share share, IntFunction<float[]> logits, IntToDoubleFunction normalisers) {
    int guesses = Math.max(0, share.wanted() - 1);
    int certain = share.ids().length - guesses;
    sequence().add(Arrays.copyOf(share.ids(), certain));
    guessed += guesses;
    for (int i = 0; i < share.wanted(); i++) {
      var choice = sampler.next(logits.apply(i), normalisers.applyAsDouble(i));
      write(choice);
      if (finished.isPresent() || i == guesses || share.ids()[certain + i] != choice.id()) {
        break; // what follows was read after another token, and is read over
      }
      sequence().add(choice.id());
      accepted++;
    }
    if (finished.isPresent()) {
      close();
    }
  }

  private void write(Sampler.Choice choice) {
    boolean ends = endOfText.contains(choice.id());
    if (count == ids.length) {
      ids = Arrays.copyOf(ids, 2 * count);
    }
    ids[count++] = choice.id();
    written++;
    var certain = stops.accept(ends ? "" : characters.accept(choice.id()));
    if (ends || stops.stopped() || sampler.finished()) {
      finished = Optional.of(FinishReason.STOP);
    } else if (written == maxTokens) {
      finished = Optional.of(FinishReason.LENGTH);
    }
    if (finished.isPresent()) {
      certain += stops.accept(characters.finish()) + stops.finish();
    }
    ready.add(new Piece(certain, choice.id(), choice.logprob()));
  }

  /** The next piece that has come; empty where none has. */
  Optional<Piece> poll() {
    return Optional.ofNullable(ready.poll());
  }

  /** Why it ended; empty while it goes on, or where it was given up. */
  Optional<FinishReason> finished() {
    return finished;
  }

  /** What made it end. */
  Optional<RuntimeException> failure() {
    return failure;
  }

  /** Ends it. */
  void fail(RuntimeException cause) {
    failure = Optional.of(cause);
    close();
  }

  /** Whether nothing more comes of it. */
  boolean isOver() {
    return finished.isPresent() || failure.isPresent();
  }

  /** Whether every piece that has come was handed on. */
  boolean isDrained() {
    return ready.isEmpty();
  }

  /** Counts the time of a step. */
  void took(long nanos) {
    if (written > 1) {
      generationNanos += nanos;
    } else {
      promptNanos += nanos;
    }
  }

  /** What it has come to, of which the caller knows what was handed on. */
  Completion completion(String text, List<Double> logprobs, int handedOn, FinishReason reason) {
    return new Completion(
        text,
        promptLength,
        handedOn,
        reason,
        logprobs,
        seed,
        Timings.of(promptNanos, generationNanos, handedOn),
        reused,
        new Completion.Guesses(guessed, accepted));
  }

  /** Gives its pages to others; it may go on later, and reads its tokens again then. */
  @Override
  public void close() {
    guesser.close();
    if (sequence != null) {
      sequence.close();
      sequence = null;
    }
  }
}
