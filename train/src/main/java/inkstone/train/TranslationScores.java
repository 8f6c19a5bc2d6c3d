package inkstone.train;

import inkstone.data.SentencePairs;
import inkstone.evaluate.Bleu;
import inkstone.evaluate.BleuTokenizer;
import inkstone.evaluate.Chrf;
import inkstone.generate.Translation;
import inkstone.journal.Event;
import inkstone.journal.TranslationScored;
import java.util.function.Consumer;

/**
 * Holds a run's translations against those that people made: as people read them, by SacreBLEU's
 * rules; and, where words are cut by Moses, word by word as the model writes them, which is what
 * most papers print.
 */
record TranslationScores(TranslationCourse course, TranslationMaterial material) {

  /** Scores the held-out sentences and every test. */
  void emit(long step, Consumer<Event> events) {
    score(step, "held_out", material.heldOut(), events);
    material.tests().forEach((name, pairs) -> score(step, name, pairs, events));
  }

  private void score(long step, String split, SentencePairs pairs, Consumer<Event> events) {
    long start = System.nanoTime();
    var made = course.translate(pairs);
    double seconds = (System.nanoTime() - start) / 1e9;
    var texts = made.stream().map(Translation::text).toList();
    var target = material.form().target();
    boolean lowercase = target.lowercase();
    var bleu = new Bleu(BleuTokenizer.of(target.language()), lowercase);
    int count = pairs.size();
    double score = bleu.of(texts, pairs.targets()).score();
    events.accept(
        new TranslationScored(step, split, "BLEU", score, bleu.signature(), count, seconds));
    var chrf = new Chrf(0, lowercase);
    events.accept(
        new TranslationScored(
            step,
            split,
            chrf.name(),
            chrf.of(texts, pairs.targets()),
            chrf.signature(),
            count,
            seconds));
    if (target.moses()) {
      var words = new Bleu(BleuTokenizer.NONE, false);
      double tokenised =
          words
              .of(
                  made.stream().map(Translation::words).toList(),
                  pairs.targets().stream().map(target::words).toList())
              .score();
      events.accept(
          new TranslationScored(
              step,
              split,
              "tokenised BLEU",
              tokenised,
              words.signature() + "|words:moses" + (lowercase ? ",lowercased" : ""),
              count,
              seconds));
    }
  }
}
