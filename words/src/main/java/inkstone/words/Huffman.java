package inkstone.words;

/**
 * The paths of hierarchical softmax: a binary tree in which frequent words lie near the root
 * (Huffman, 1952; Morin and Bengio, 2005). Leaf {@code w} has its path as numbers of inner nodes,
 * from the root down, and the turn that is taken at each.
 *
 * @param nodes [words][depth] inner nodes, 0 to words - 2
 * @param turns [words][depth] 1 where the path goes to the child with the smaller count, else 0
 */
record Huffman(int[][] nodes, byte[][] turns) {

  /** Of two counts or more, in descending order. */
  static Huffman of(long[] counts) {
    int n = counts.length;
    var weight = new long[2 * n - 1];
    var parent = new int[2 * n - 1];
    var turn = new byte[2 * n - 1];
    System.arraycopy(counts, 0, weight, 0, n);
    // Leaves are sorted, and inner nodes come in ascending order: the two lightest are at hand.
    int leaf = n - 1;
    int inner = n;
    for (int made = n; made < 2 * n - 1; made++) {
      for (int child = 0; child < 2; child++) {
        int lightest =
            leaf >= 0 && (inner >= made || weight[leaf] < weight[inner]) ? leaf-- : inner++;
        weight[made] += weight[lightest];
        parent[lightest] = made;
        turn[lightest] = (byte) (1 - child);
      }
    }
    var nodes = new int[n][];
    var turns = new byte[n][];
    int root = 2 * n - 2;
    for (int word = 0; word < n; word++) {
      int depth = 0;
      for (int at = word; at != root; at = parent[at]) {
        depth++;
      }
      nodes[word] = new int[depth];
      turns[word] = new byte[depth];
      for (int at = word; at != root; at = parent[at]) {
        depth--;
        nodes[word][depth] = parent[at] - n;
        turns[word][depth] = turn[at];
      }
    }
    return new Huffman(nodes, turns);
  }
}
