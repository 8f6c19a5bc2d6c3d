package inkstone.words;

import inkstone.data.Corpus;
import inkstone.data.Document;
import inkstone.data.Documents;
import inkstone.data.Skipped;
import inkstone.journal.CorpusRead;
import inkstone.journal.Event;
import inkstone.journal.InputSkipped;
import inkstone.journal.Noted;
import inkstone.journal.TokenizerLearned;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * What vectors are learned from: a text that was read, split and counted once.
 *
 * @param tokens ranks in the vocabulary, sentence by sentence
 */
public record Material(Vocabulary vocabulary, Tokens tokens) {

  /**
   * Reads the corpus of a recipe, joins its phrases and chooses its words.
   *
   * @param events told what was read and what could not be
   * @throws WordsException if fewer than two words come often enough
   */
  public static Material read(WordsRecipe recipe, Consumer<Event> events) {
    long start = System.nanoTime();
    var corpus =
        recipe.corpus().isEmpty()
            ? Corpus.wordNet()
            : Corpus.of(recipe.corpus().stream().map(Path::of).toList());
    var text = new RawText();
    long bytes = split(corpus, recipe, text, events);
    for (int pass = 0; pass < recipe.phrases().passes(); pass++) {
      int before = text.different();
      text = Phrases.join(text, recipe.phrases().threshold(), recipe.phrases().discount());
      events.accept(
          Noted.info(
              "phrases, pass %d: %d different words, before %d"
                  .formatted(pass + 1, text.different(), before)));
    }
    var limits = recipe.vocabulary();
    var material = text.material(limits.minCount(), limits.maxSize());
    if (material.vocabulary().size() < 2) {
      throw new WordsException(
          "of %d different words %d come %d times or more, and 2 are needed; give more text or lower vocabulary.min_count"
              .formatted(text.different(), material.vocabulary().size(), limits.minCount()));
    }
    events.accept(
        new TokenizerLearned(
            "words by " + recipe.split(),
            material.vocabulary().size(),
            (double) bytes / material.vocabulary().total(),
            (System.nanoTime() - start) / 1e9));
    return material;
  }

  private static long split(
      Corpus corpus, WordsRecipe recipe, RawText text, Consumer<Event> events) {
    long documents = 0;
    long bytes = 0;
    Consumer<Skipped> skips =
        skipped -> events.accept(new InputSkipped(skipped.place(), skipped.reason()));
    try (Documents.Reader reader = corpus.open(skips)) {
      while (reader.hasNext()) {
        Document document = reader.next();
        documents += document.continues() ? 0 : 1;
        bytes += document.bytes();
        recipe.split().split(document.text(), text::add, text::end);
        text.end();
      }
    }
    events.accept(
        new CorpusRead(
            recipe.corpus().isEmpty() ? List.of("WordNet 3.1") : recipe.corpus(),
            documents,
            bytes,
            1,
            bytes,
            0,
            "nothing"));
    return bytes;
  }
}
