package inkstone.text;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * Learns byte-level BPE (Sennrich et al. 2016 on bytes, as GPT-2): the most frequent pair is merged
 * first, and of equally frequent pairs the lexicographically greatest pair of byte strings.
 *
 * <pre>{@code
 * Tokenizer tokenizer = BpeTrainer.of(8192).train(documents);
 * tokenizer.save(Path.of("runs/first/model"));
 * }</pre>
 *
 * <p>Ids 0 to 255 are the bytes, then come the merges in order, then the special tokens. A corpus
 * with too few pairs gives a smaller vocabulary than was asked for.
 *
 * @param vocabularySize ids in all: 256 bytes, merges and special tokens
 * @param split the pattern whose pieces merges never cross
 * @param special names of the special tokens, which get the last ids in this order
 */
public record BpeTrainer(int vocabularySize, SplitPattern split, List<String> special) {

  /** Ends a document, as in GPT-2. */
  public static final String END_OF_TEXT = "<|endoftext|>";

  /** Checks that the vocabulary holds the bytes and the special tokens. */
  public BpeTrainer {
    special = List.copyOf(special);
    if (new LinkedHashSet<>(special).size() != special.size() || special.contains("")) {
      throw new TokenizerException(
          "special tokens must be different and not empty, but are " + special);
    }
    int least = 256 + special.size();
    if (vocabularySize < least) {
      throw new TokenizerException(
          "a vocabulary of %d is too small: 256 bytes and %d special tokens need at least %d"
              .formatted(vocabularySize, special.size(), least));
    }
  }

  /** GPT-2's split pattern and the one special token {@link #END_OF_TEXT}. */
  public static BpeTrainer of(int vocabularySize) {
    return new BpeTrainer(vocabularySize, SplitPattern.GPT2, List.of(END_OF_TEXT));
  }

  /** The same with another split pattern. */
  public BpeTrainer split(SplitPattern pattern) {
    return new BpeTrainer(vocabularySize, pattern, special);
  }

  /** The same with other special tokens. */
  public BpeTrainer special(List<String> names) {
    return new BpeTrainer(vocabularySize, split, names);
  }

  /**
   * Learns from documents, which are read once, a few at a time. Memory grows with the distinct
   * pieces of text, about 20 bytes for each of their bytes.
   */
  public Tokenizer train(Iterable<String> documents) {
    var learner = new MergeLearner(WordCounter.count(split.splitter(), special, documents));
    learner.learn(vocabularySize - special.size());
    var vocabulary = TokenizerJsonWriter.byteVocabulary();
    for (int id = 256; id < learner.tokenCount(); id++) {
      vocabulary.put(ByteAlphabet.write(learner.token(id)), id);
    }
    var merges = new ArrayList<String>();
    for (long pair : learner.merges()) {
      byte[] left = learner.token((int) (pair >>> 32));
      byte[] right = learner.token((int) pair);
      merges.add(ByteAlphabet.write(left) + " " + ByteAlphabet.write(right));
    }
    byte[] json = TokenizerJsonWriter.byteLevel(vocabulary, merges, special, split);
    return TokenizerJson.read(json, "the trained tokenizer");
  }
}
