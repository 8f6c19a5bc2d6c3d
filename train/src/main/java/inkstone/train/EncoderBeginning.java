package inkstone.train;

import inkstone.journal.Event;
import inkstone.journal.TokenizerLearned;
import inkstone.model.Encoder;
import inkstone.model.EncoderActivation;
import inkstone.model.EncoderConfig;
import inkstone.model.EncoderDirectory;
import inkstone.model.EncoderFamily;
import inkstone.model.EncoderHead;
import inkstone.model.Sequences;
import inkstone.text.Tokenizer;
import inkstone.text.WordPieceTrainer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a run of an encoder begins with.
 *
 * @param encoder with the head of the task
 * @param sequences how texts become what it reads
 */
record EncoderBeginning(Encoder encoder, Sequences sequences) {

  /** That of a directory, or random weights and a vocabulary of the training text. */
  static EncoderBeginning of(
      EncoderRecipe recipe, EncoderTask task, Path out, Consumer<Event> events) {
    return recipe.from().isEmpty()
        ? random(recipe, task, out, events)
        : opened(recipe, task.head());
  }

  private static EncoderBeginning opened(EncoderRecipe recipe, EncoderHead head) {
    var directory = Path.of(recipe.from());
    var tokenizer = Tokenizer.open(directory);
    var base = EncoderDirectory.open(directory);
    if (recipe.data().context() > base.config().context()) {
      base.close();
      throw new TrainingException(
          "data.context is %d, and %s reads %d tokens at most"
              .formatted(recipe.data().context(), directory, base.config().context()));
    }
    var sequences = new Sequences(tokenizer, recipe.data().context());
    if (head.equals(base.config().head())) {
      return new EncoderBeginning(base, sequences);
    }
    try (base) {
      return new EncoderBeginning(base.with(head, recipe.seed()), sequences);
    }
  }

  private static EncoderBeginning random(
      EncoderRecipe recipe, EncoderTask task, Path out, Consumer<Event> events) {
    var model = out.resolve("model");
    Tokenizer tokenizer;
    if (RunFolder.isRun(out) && Files.exists(model.resolve("tokenizer.json"))) {
      tokenizer = Tokenizer.open(model);
    } else {
      long start = System.nanoTime();
      var texts = task.texts();
      tokenizer = WordPieceTrainer.of(recipe.model().vocabulary()).train(texts);
      Atomic.directory(model);
      tokenizer.save(model);
      events.accept(
          new TokenizerLearned(
              "wordpiece",
              tokenizer.vocabularySize(),
              bytesPerToken(tokenizer, texts),
              (System.nanoTime() - start) / 1e9));
    }
    var sizes = recipe.model();
    var config =
        new EncoderConfig(
            EncoderFamily.BERT,
            tokenizer.vocabularySize(),
            recipe.data().context(),
            2,
            sizes.width(),
            sizes.layers(),
            sizes.heads(),
            sizes.hidden() == 0 ? 4 * sizes.width() : sizes.hidden(),
            EncoderActivation.GELU,
            1e-12,
            tokenizer.special("[PAD]"),
            true,
            task.head());
    return new EncoderBeginning(
        Encoder.random(config, recipe.seed()), new Sequences(tokenizer, recipe.data().context()));
  }

  private static double bytesPerToken(Tokenizer tokenizer, List<String> texts) {
    var some = String.join("\n", texts.subList(0, Math.min(1000, texts.size())));
    return (double) some.getBytes(StandardCharsets.UTF_8).length
        / Math.max(1, tokenizer.encode(some).length);
  }
}
