package inkstone.words;

import inkstone.words.WordsRecipe.Model;

/**
 * What follows from the counts of the words, for all threads.
 *
 * @param keep for each word the chance to be read, of 2^31; {@link #ALWAYS} for certainty
 * @param negatives draws words by a power of their counts
 * @param tree the paths of hierarchical softmax; without nodes where there are negative samples
 */
record Plan(int[] keep, AliasTable negatives, Huffman tree) {

  static final int ALWAYS = Integer.MAX_VALUE;

  static Plan of(WordsRecipe recipe, Vocabulary vocabulary) {
    var counts = vocabulary.counts();
    var keep = new int[counts.length];
    var weights = new double[counts.length];
    double threshold = recipe.training().subsample() * vocabulary.total();
    for (int word = 0; word < counts.length; word++) {
      keep[word] = keep(counts[word], threshold);
      weights[word] = Math.pow(counts[word], recipe.model().power());
    }
    var tree =
        recipe.model().loss() == Model.Loss.HIERARCHICAL
            ? Huffman.of(counts)
            : new Huffman(new int[0][], new byte[0][]);
    return new Plan(keep, AliasTable.of(weights), tree);
  }

  /**
   * word2vec's chance, {@code sqrt(t/f) + t/f} for a word that is the part {@code f} of the text
   * and the threshold {@code t}; the paper has {@code sqrt(t/f)}.
   */
  private static int keep(long count, double threshold) {
    double chance = Math.sqrt(threshold / count) + threshold / count;
    return threshold == 0 || chance >= 1 ? ALWAYS : (int) (chance * 0x1p31);
  }
}
