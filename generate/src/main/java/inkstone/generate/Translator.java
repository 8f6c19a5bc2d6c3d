package inkstone.generate;

import inkstone.model.seq2seq.MarianDirectory;
import inkstone.model.seq2seq.Packed;
import inkstone.model.seq2seq.Seq2Seq;
import inkstone.tensor.Gradients;
import inkstone.text.Tokenizer;
import inkstone.text.TranslationForm;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Translates sentences: writes them as the model learned them, reads their tokens, searches for the
 * likeliest translation, and writes that as people do.
 *
 * <pre>{@code
 * try (var translator = Translator.open(Path.of("runs/en-de/model"))) {
 *   System.out.println(translator.translate("A dog runs.").text());
 * }
 * }</pre>
 */
public final class Translator implements AutoCloseable {

  /** How many texts are gone on with, unless told otherwise. */
  public static final int BEAM = 5;

  private final Seq2Seq network;
  private final Tokenizer tokenizer;
  private final TranslationForm form;

  private Translator(Seq2Seq network, Tokenizer tokenizer, TranslationForm form) {
    this.network = network;
    this.tokenizer = tokenizer;
    this.form = form;
  }

  /** The translation model of a directory. */
  public static Translator open(Path directory) {
    var form = TranslationForm.read(directory);
    var tokenizer = Tokenizer.open(directory);
    return new Translator(MarianDirectory.open(directory), tokenizer, form);
  }

  /** Of parts, which become the translator's. */
  public static Translator of(Seq2Seq network, Tokenizer tokenizer, TranslationForm form) {
    return new Translator(network, tokenizer, form);
  }

  /** How sentences are written. */
  public TranslationForm form() {
    return form;
  }

  /** The tokens of a sentence to translate, with the one that ends it. */
  public int[] source(String sentence) {
    return ended(form.source().written(sentence));
  }

  /** The tokens of a translation, with the one that ends it. */
  public int[] target(String sentence) {
    return ended(form.target().written(sentence));
  }

  private int[] ended(String text) {
    var ids = tokenizer.encode(text);
    var ended = Arrays.copyOf(ids, ids.length + 1);
    ended[ids.length] = network.config().ids().end();
    return ended;
  }

  /** The likeliest translation, of those that five beams find. */
  public Translation translate(String sentence) {
    return translate(sentence, BEAM, 1);
  }

  /**
   * The same by another search.
   *
   * @param beams how many texts are gone on with, 1 or more
   * @param lengthPenalty see {@link BeamSearch}
   * @throws inkstone.model.ModelException if the sentence is longer than the model's positions
   */
  public Translation translate(String sentence, int beams, double lengthPenalty) {
    if (sentence.isBlank()) {
      return new Translation("", "", 0);
    }
    var ids = source(sentence);
    int most = Math.min(network.config().positions(), 2 * ids.length + 20);
    var search = new BeamSearch(beams, most, lengthPenalty, BeamSearch.Stopping.LIKELY);
    var best = search(network, ids, search).getFirst();
    var written = best.tokens().stream().mapToInt(Integer::intValue).toArray();
    var words = form.target().wordsOf(tokenizer.decode(written));
    return new Translation(form.target().sentence(words), words, best.score());
  }

  /** The best texts that a network writes after it has read tokens, the best one first. */
  static List<BeamSearch.Beam> search(Seq2Seq network, int[] source, BeamSearch search) {
    var ids = network.config().ids();
    try (var off = Gradients.off();
        var steps = new WritingSteps(network, source, List.of(ids.padding()))) {
      return search.run(steps, List.of(ids.end()));
    }
  }

  /** The mean cross-entropy of translations in nats for each token, and how many tokens. */
  public double loss(List<int[]> sources, List<int[]> targets) {
    try (var off = Gradients.off();
        var scope = inkstone.tensor.Scope.open()) {
      return network
          .loss(
              Packed.of(sources),
              Packed.of(shifted(targets, network.config().ids().start())),
              inkstone.tensor.Tensor.of(Packed.of(targets).ids()).to(network.device()),
              0,
              0)
          .item();
    }
  }

  /** What a decoder is given to write these: each begins with the start, and lacks its last. */
  public static List<int[]> shifted(List<int[]> targets, int start) {
    return targets.stream()
        .map(
            target -> {
              var given = new int[target.length];
              given[0] = start;
              System.arraycopy(target, 0, given, 1, target.length - 1);
              return given;
            })
        .toList();
  }

  /** Frees the network. */
  @Override
  public void close() {
    network.close();
  }
}
