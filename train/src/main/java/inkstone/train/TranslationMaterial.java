package inkstone.train;

import inkstone.data.CorpusException;
import inkstone.data.SentencePairs;
import inkstone.data.TokenPairs;
import inkstone.journal.CorpusRead;
import inkstone.journal.Event;
import inkstone.journal.Noted;
import inkstone.journal.TokenizerLearned;
import inkstone.model.seq2seq.Seq2SeqConfig.Ids;
import inkstone.text.BpeTrainer;
import inkstone.text.MosesLanguage;
import inkstone.text.SentenceForm;
import inkstone.text.Tokenizer;
import inkstone.text.TranslationForm;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a translation model learns from and is scored on.
 *
 * @param training tokens of pairs, each with the token that ends it
 * @param heldOut sentences that training does not see
 * @param tests further ones, by name
 */
record TranslationMaterial(
    Tokenizer tokenizer,
    TranslationForm form,
    TokenPairs training,
    SentencePairs heldOut,
    LinkedHashMap<String, SentencePairs> tests) {

  static final String END = "</s>";
  static final String PADDING = "<pad>";

  /** Reads the data, and learns the tokenizer or takes it from a run folder that has it. */
  static TranslationMaterial prepare(TranslationRecipe recipe, Path run, Consumer<Event> events) {
    var data = recipe.data();
    var all = pairs(data.source(), data.target());
    var parted =
        data.heldOutSource().isEmpty()
            ? all.holdOut(data.heldOutPairs(), recipe.seed())
            : new SentencePairs.Parted(all, pairs(data.heldOutSource(), data.heldOutTarget()));
    var tests = new LinkedHashMap<String, SentencePairs>();
    for (var test : data.tests()) {
      var words = test.split(":", -1);
      tests.put(words[0], pairs(words[1], words.length > 2 ? words[2] : ""));
    }
    events.accept(read(data, parted));
    var form = form(recipe.text());
    var sources = parted.training().sources().parallelStream().map(form.source()::written).toList();
    var targets = parted.training().targets().parallelStream().map(form.target()::written).toList();
    var tokenizer = tokenizer(recipe, run, sources, targets, form, events);
    var left = ended(tokenizer, sources);
    var right = ended(tokenizer, targets);
    var pairs = fitting(recipe, left, right, events);
    return new TranslationMaterial(tokenizer, form, pairs, parted.heldOut(), tests);
  }

  private static SentencePairs pairs(String source, String target) {
    return target.isEmpty()
        ? SentencePairs.readColumns(Path.of(source))
        : SentencePairs.read(Path.of(source), Path.of(target));
  }

  private static CorpusRead read(TranslationRecipe.Data data, SentencePairs.Parted parted) {
    long training = bytes(parted.training());
    long held = bytes(parted.heldOut());
    return new CorpusRead(
        Stream.of(data.source(), data.target()).filter(f -> !f.isEmpty()).toList(),
        parted.training().size() + (long) parted.heldOut().size(),
        training + held,
        1,
        training,
        held,
        data.heldOutSource().isEmpty() ? "pairs" : "files");
  }

  private static long bytes(SentencePairs pairs) {
    return Stream.concat(pairs.sources().stream(), pairs.targets().stream())
        .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
        .sum();
  }

  private static TranslationForm form(TranslationRecipe.Text text) {
    return new TranslationForm(form(text, text.source()), form(text, text.target()));
  }

  private static SentenceForm form(TranslationRecipe.Text text, String language) {
    boolean known =
        Arrays.stream(MosesLanguage.values()).anyMatch(each -> each.code().equals(language));
    return new SentenceForm(language, text.moses() && known, text.lowercase());
  }

  private static Tokenizer tokenizer(
      TranslationRecipe recipe,
      Path run,
      List<String> sources,
      List<String> targets,
      TranslationForm form,
      Consumer<Event> events) {
    var model = run.resolve("model");
    if (RunFolder.isRun(run) && Files.exists(model.resolve("tokenizer.json"))) {
      return Tokenizer.open(model);
    }
    long start = System.nanoTime();
    var both = Stream.concat(sources.stream(), targets.stream()).toList();
    var tokenizer =
        BpeTrainer.of(recipe.text().vocabulary()).special(List.of(END, PADDING)).train(both);
    Atomic.directory(model);
    tokenizer.save(model);
    form.save(model);
    long bytes = both.stream().mapToLong(t -> t.getBytes(StandardCharsets.UTF_8).length).sum();
    long tokens = both.parallelStream().mapToLong(text -> tokenizer.encode(text).length).sum();
    events.accept(
        new TokenizerLearned(
            "bpe",
            tokenizer.vocabularySize(),
            (double) bytes / Math.max(1, tokens),
            (System.nanoTime() - start) / 1e9));
    return tokenizer;
  }

  private static List<int[]> ended(Tokenizer tokenizer, List<String> texts) {
    int end = tokenizer.special(END);
    return tokenizer.encodeAll(texts).stream()
        .map(
            ids -> {
              var ended = Arrays.copyOf(ids, ids.length + 1);
              ended[ids.length] = end;
              return ended;
            })
        .toList();
  }

  /** Leaves pairs out that are longer than the network's positions or a batch. */
  private static TokenPairs fitting(
      TranslationRecipe recipe, List<int[]> sources, List<int[]> targets, Consumer<Event> events) {
    int most = Math.min(recipe.model().positions(), recipe.training().batchTokens());
    var left = new ArrayList<int[]>();
    var right = new ArrayList<int[]>();
    for (int i = 0; i < sources.size(); i++) {
      if (Math.max(sources.get(i).length, targets.get(i).length) <= most) {
        left.add(sources.get(i));
        right.add(targets.get(i));
      }
    }
    int lost = sources.size() - left.size();
    if (lost > 0) {
      events.accept(
          Noted.warning("%d pairs of more than %d tokens are left out".formatted(lost, most)));
    }
    if (left.isEmpty()) {
      throw new CorpusException(
          "no pair has %d tokens or fewer; raise model.positions and training.batch_tokens"
              .formatted(most));
    }
    return new TokenPairs(left, right, recipe.training().batchTokens(), recipe.seed());
  }

  /** The tokens that say where a text begins and ends; as in Marian, padding begins one. */
  Ids ids() {
    int padding = tokenizer.special(PADDING);
    return new Ids(padding, tokenizer.special(END), padding);
  }
}
