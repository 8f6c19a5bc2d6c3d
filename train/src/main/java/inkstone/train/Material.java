package inkstone.train;

import inkstone.data.Batches;
import inkstone.data.Corpus;
import inkstone.data.CorpusException;
import inkstone.data.Document;
import inkstone.data.Documents;
import inkstone.data.Split;
import inkstone.data.TokenShards;
import inkstone.journal.CorpusRead;
import inkstone.journal.Event;
import inkstone.journal.InputSkipped;
import inkstone.journal.TokenizerLearned;
import inkstone.text.BpeTrainer;
import inkstone.text.CharacterTokenizer;
import inkstone.text.SplitPattern;
import inkstone.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a run learns from: tokenizer, training tokens and held-out text.
 *
 * @param tokenizer learned from training text alone
 * @param endOfText the id that begins and ends every document
 * @param tokens the training text
 * @param heldOut the held-out text as bytes, each document followed by one separating byte
 * @param heldOutIds the same as tokens: {@code endOfText}, then each document followed by it
 */
public record Material(
    Tokenizer tokenizer, int endOfText, TokenShards tokens, byte[] heldOut, int[] heldOutIds)
    implements AutoCloseable {

  /** The byte that stands between documents where text is bytes. */
  private static final int SEPARATOR = '\n';

  /** So much text is plenty to learn a vocabulary from. */
  private static final long VOCABULARY_BYTES = 64L << 20;

  /** The corpus of a recipe, cut to its budget. */
  public static Corpus corpus(Recipe recipe) {
    var all = recipe.corpus().isEmpty() ? Corpus.wordNet() : Corpus.of(recipe.sources());
    long budget = recipe.data().budgetBytes();
    return budget == 0 ? all : all.sample(recipe.seed(), budget);
  }

  /** Splits the recipe's corpus and tells what was read and what was not. */
  public static Split split(Recipe recipe, Corpus corpus, Consumer<Event> events) {
    var split =
        Split.of(
            corpus,
            switch (recipe.data().split()) {
              case document -> Split.Kind.DOCUMENT;
              case tail -> Split.Kind.TAIL;
            },
            recipe.seed());
    var survey = split.survey();
    survey.examples().forEach(s -> events.accept(new InputSkipped(s.place(), s.reason())));
    long unnamed = survey.skipped() - survey.examples().size();
    if (unnamed > 0) {
      events.accept(new InputSkipped("and " + unnamed + " more", "as above"));
    }
    long held = split.heldOutBytes().length;
    events.accept(
        new CorpusRead(
            recipe.corpus().isEmpty() ? List.of("WordNet 3.1") : recipe.corpus(),
            survey.documents(),
            survey.bytes(),
            corpus.share(),
            survey.bytes() - held,
            held,
            split.kind().name().toLowerCase(java.util.Locale.ROOT)));
    return split;
  }

  /**
   * Learns the tokenizer and writes the token shards, or takes both from a run folder that has
   * them.
   */
  public static Material prepare(Recipe recipe, Split split, Path run, Consumer<Event> events) {
    var model = run.resolve("model");
    var shards = run.resolve("data");
    // Without its recipe, what lies there may come from an attempt with other settings.
    boolean known =
        RunFolder.isRun(run)
            && Files.exists(model.resolve("tokenizer.json"))
            && Files.isDirectory(shards);
    Tokenizer tokenizer;
    TokenShards tokens;
    if (known) {
      tokenizer = Tokenizer.open(model);
      tokens = TokenShards.open(shards, tokenizer);
    } else {
      long start = System.nanoTime();
      tokenizer = learn(recipe, split.training());
      double seconds = (System.nanoTime() - start) / 1e9;
      Atomic.directory(model);
      tokens =
          TokenShards.write(
              split.training(), tokenizer, tokenizer.special(BpeTrainer.END_OF_TEXT), shards);
      tokenizer.save(model);
      events.accept(
          new TokenizerLearned(
              recipe.tokenizer().kind().name(),
              tokenizer.vocabularySize(),
              bytesPerToken(tokenizer, split.training()),
              seconds));
    }
    return heldOut(split, tokenizer, tokens, recipe.data().heldOutBytes());
  }

  private static Tokenizer learn(Recipe recipe, Documents training) {
    var settings = recipe.tokenizer();
    Iterable<String> text = () -> texts(training);
    return switch (settings.kind()) {
      case bytes -> Tokenizer.ofBytes(List.of(BpeTrainer.END_OF_TEXT));
      case character -> CharacterTokenizer.ofVocabularySize(settings.vocabulary()).train(text);
      case bpe ->
          BpeTrainer.of(settings.vocabulary())
              .split(
                  switch (settings.split()) {
                    case gpt2 -> SplitPattern.GPT2;
                    case cl100k -> SplitPattern.CL100K;
                  })
              .train(text);
    };
  }

  private static Iterator<String> texts(Documents documents) {
    var reader = documents.open();
    return new Iterator<>() {
      private long read;

      @Override
      public boolean hasNext() {
        if (read < VOCABULARY_BYTES && reader.hasNext()) {
          return true;
        }
        reader.close();
        return false;
      }

      @Override
      public String next() {
        var text = reader.next().text();
        read += text.length();
        return text;
      }
    };
  }

  private static double bytesPerToken(Tokenizer tokenizer, Documents training) {
    var sample = new String(training.bytes(1 << 20), StandardCharsets.UTF_8);
    int ids = tokenizer.encode(sample).length;
    return (double) sample.getBytes(StandardCharsets.UTF_8).length / Math.max(1, ids);
  }

  private static Material heldOut(Split split, Tokenizer tokenizer, TokenShards tokens, int most) {
    int endOfText = tokenizer.special(BpeTrainer.END_OF_TEXT);
    var bytes = new ByteArrayOutputStream();
    var text = new StringBuilder();
    var ids = new Ids(endOfText);
    try (var reader = split.heldOut().open()) {
      Document document = null;
      while (reader.hasNext() && bytes.size() < most) {
        document = reader.next();
        if (!document.continues() && !text.isEmpty()) {
          ids.document(tokenizer.encode(text.toString()), endOfText);
          bytes.write(SEPARATOR);
          text.setLength(0);
        }
        text.append(document.text());
        bytes.writeBytes(document.text().getBytes(StandardCharsets.UTF_8));
      }
      if (document == null) {
        throw new CorpusException("the held-out text is empty; give a larger corpus");
      }
    }
    ids.document(tokenizer.encode(text.toString()), endOfText);
    bytes.write(SEPARATOR);
    return new Material(tokenizer, endOfText, tokens, bytes.toByteArray(), ids.toArray());
  }

  /**
   * The training text as the recipe wants it read.
   *
   * @throws CorpusException if it is shorter than one row
   */
  Batches batches(Recipe recipe) {
    var order =
        switch (recipe.data().order()) {
          case epoch -> Batches.Order.EPOCH;
          case random -> Batches.Order.RANDOM;
        };
    return new Batches(tokens, order, recipe.model().context(), recipe.seed());
  }

  /** Training text as bytes for the baselines, separated like the held-out text. */
  public static byte[] bytes(Documents training, int most) {
    var bytes = new ByteArrayOutputStream();
    try (var reader = training.open()) {
      while (reader.hasNext() && bytes.size() < most) {
        var document = reader.next();
        if (!document.continues() && bytes.size() > 0) {
          bytes.write(SEPARATOR);
        }
        bytes.writeBytes(document.text().getBytes(StandardCharsets.UTF_8));
      }
    }
    bytes.write(SEPARATOR);
    return bytes.toByteArray();
  }

  /** A growing row of ids. */
  private static final class Ids {
    private int[] ids = new int[1 << 12];
    private int size;

    Ids(int first) {
      ids[size++] = first;
    }

    void document(int[] more, int end) {
      if (size + more.length + 1 > ids.length) {
        ids = Arrays.copyOf(ids, Math.max(2 * ids.length, size + more.length + 1));
      }
      System.arraycopy(more, 0, ids, size, more.length);
      size += more.length;
      ids[size++] = end;
    }

    int[] toArray() {
      return Arrays.copyOf(ids, size);
    }
  }

  @Override
  public void close() {
    tokens.close();
  }
}
