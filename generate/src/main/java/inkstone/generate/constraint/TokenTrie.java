package inkstone.generate.constraint;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/** The bytes of all tokens as a trie, its nodes in the order of a walk: one pass finds a mask. */
final class TokenTrie {

  private final byte[] edge;
  private final int[] depth;
  private final int[] skip;
  private final int[] firstToken;
  private final int[] tokens;
  private final int words;
  private final int deepest;

  /** A token and its bytes, one or more. */
  record Entry(int id, byte[] bytes) {
    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
      return other instanceof Entry entry && id == entry.id && Arrays.equals(bytes, entry.bytes);
    }

    @Override
    public int hashCode() {
      return id;
    }
  }

  /** A trie of some of the tokens {@code [0, size)}. */
  TokenTrie(List<Entry> entries, int size) {
    var sorted = entries.toArray(Entry[]::new);
    Arrays.sort(sorted, (a, b) -> Arrays.compareUnsigned(a.bytes(), b.bytes()));
    int most = 1 + Arrays.stream(sorted).mapToInt(entry -> entry.bytes().length).sum();
    var edges = new byte[most];
    var depths = new int[most];
    var firsts = new int[most + 1];
    int nodes = 0;
    int deep = 0;
    var before = new byte[0];
    tokens = new int[sorted.length];
    for (int i = 0; i < sorted.length; i++) {
      var bytes = sorted[i].bytes();
      tokens[i] = sorted[i].id();
      int same = Arrays.mismatch(before, bytes);
      for (int at = same < 0 ? bytes.length : same; at < bytes.length; at++) {
        edges[nodes] = bytes[at];
        depths[nodes] = at + 1;
        firsts[nodes++] = i;
      }
      // Up to the next node's first, the tokens are those of the last node.
      firsts[nodes] = i + 1;
      deep = Math.max(deep, bytes.length);
      before = bytes;
    }
    edge = Arrays.copyOf(edges, nodes);
    depth = Arrays.copyOf(depths, nodes);
    firstToken = Arrays.copyOf(firsts, nodes + 1);
    skip = skips(depth);
    words = (size + 63) / 64;
    deepest = deep;
  }

  /** For each node, the next one that is not below it. */
  private static int[] skips(int[] depth) {
    var skip = new int[depth.length];
    for (int i = depth.length - 1; i >= 0; i--) {
      int next = i + 1;
      while (next < depth.length && depth[next] > depth[i]) {
        next = skip[next];
      }
      skip[i] = next;
    }
    return skip;
  }

  /** Every byte of some token. */
  BitSet alphabet() {
    var all = new BitSet(256);
    for (byte value : edge) {
      all.set(value & 0xFF);
    }
    return all;
  }

  /** A bit for each token whose bytes lead from {@code state} to a living one. */
  long[] mask(Automaton automaton, State state) {
    var bits = new long[words];
    var at = new State[deepest + 1];
    at[0] = state;
    automaton.begin();
    for (int i = 0; i < edge.length; ) {
      var next = automaton.after(at[depth[i] - 1], edge[i] & 0xFF);
      if (next.dead()) {
        i = skip[i];
        continue;
      }
      at[depth[i]] = next;
      for (int t = firstToken[i]; t < firstToken[i + 1]; t++) {
        bits[tokens[t] >> 6] |= 1L << (tokens[t] & 63);
      }
      i++;
    }
    return bits;
  }
}
