package inkstone.generate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes ahead with a smaller model, which keeps a cache of its own. */
final class DraftGuesser implements Guesser {

  private final Stepper stepper;
  private final int tokens;
  private final int context;
  private @Nullable CachedSequence sequence;

  DraftGuesser(Speculation.Draft draft, LanguageModel model) {
    int known = draft.model().tokenizer().vocabularySize();
    int wanted = model.tokenizer().vocabularySize();
    if (known != wanted) {
      throw new GenerationException(
          "the draft model has %d tokens and the model %d: they must have one vocabulary"
              .formatted(known, wanted));
    }
    stepper = draft.model().stepper();
    tokens = draft.tokens();
    context = draft.model().decoder().config().context();
  }

  @Override
  public int[] guess(int[] ids, int count, int most) {
    synchronized (stepper) {
      var own = sequence;
      if (own == null) {
        own = CachedSequence.open(stepper.pool(), ids, count - 1);
        sequence = own;
      }
      own.cut(own.common(ids, count - 1));
      int wanted = Math.min(Math.min(tokens, most), context - count);
      var guesses = new int[Math.max(0, wanted)];
      var news = Arrays.copyOfRange(ids, own.length(), count);
      for (int i = 0; i < guesses.length; i++) {
        guesses[i] = stepper.greedy(own, news);
        news = new int[] {guesses[i]};
      }
      return guesses;
    }
  }

  @Override
  public void close() {
    synchronized (stepper) {
      if (sequence != null) {
        sequence.close();
        sequence = null;
      }
    }
  }
}
