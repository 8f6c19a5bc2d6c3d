package inkstone.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds merges one by one. All distinct words lie in one array of symbols, linked to their
 * neighbours; every pair knows its count and the places where it has been seen, so that a merge
 * costs its occurrences and nothing more.
 */
final class MergeLearner {

  private static final int NOWHERE = -1;
  private static final int DEAD = -1;

  private final List<byte[]> tokens = new ArrayList<>();
  private final Map<String, Integer> idByToken = new HashMap<>();
  private final List<Long> merges = new ArrayList<>();

  private final int[] symbols;
  private final int[] next;
  private final int[] previous;
  private final int[] wordOf;
  private final long[] wordCounts;

  private final PairTable pairs = new PairTable(1 << 14);
  private final List<IntList> places = new ArrayList<>();
  private long[] pairKeys = new long[1 << 14];
  private long[] pairCounts = new long[1 << 14];
  private final PairQueue queue = new PairQueue(this);

  MergeLearner(WordCounts words) {
    for (int b = 0; b < 256; b++) {
      addToken(new byte[] {(byte) b});
    }
    char[] text = words.characters();
    int size = 0;
    var buffer = new byte[64];
    var lengths = new int[words.size()];
    for (int word = 0; word < words.size(); word++) {
      buffer = room(buffer, words.end(word) - words.start(word));
      lengths[word] = Utf8.encode(text, words.start(word), words.end(word), buffer);
      if (lengths[word] > 1) {
        size = Math.addExact(size, lengths[word]);
      }
    }
    symbols = new int[size];
    next = new int[size];
    previous = new int[size];
    wordOf = new int[size];
    wordCounts = new long[words.size()];
    int at = 0;
    for (int word = 0; word < words.size(); word++) {
      wordCounts[word] = words.count(word);
      if (lengths[word] > 1) {
        Utf8.encode(text, words.start(word), words.end(word), buffer);
        at = addWord(word, buffer, lengths[word], at);
      }
    }
  }

  private static byte[] room(byte[] buffer, int units) {
    return buffer.length < 3 * units ? new byte[6 * units] : buffer;
  }

  private int addWord(int word, byte[] bytes, int length, int start) {
    for (int i = 0; i < length; i++) {
      int at = start + i;
      symbols[at] = bytes[i] & 0xFF;
      wordOf[at] = word;
      previous[at] = i == 0 ? NOWHERE : at - 1;
      next[at] = i == length - 1 ? NOWHERE : at + 1;
    }
    return start + length;
  }

  private int addToken(byte[] bytes) {
    String key = ByteAlphabet.write(bytes);
    Integer known = idByToken.putIfAbsent(key, tokens.size());
    if (known != null) {
      return known;
    }
    tokens.add(bytes);
    return tokens.size() - 1;
  }

  int tokenCount() {
    return tokens.size();
  }

  byte[] token(int id) {
    return tokens.get(id);
  }

  /** The merges in order, each as left id in the upper half and right id in the lower. */
  List<Long> merges() {
    return merges;
  }

  /** Merges until there are {@code tokenCount} tokens or no pair is left. */
  void learn(int tokenCount) {
    for (int at = 0; at < symbols.length; at++) {
      if (next[at] != NOWHERE) {
        change(symbols[at], symbols[next[at]], at, wordCounts[wordOf[at]]);
      }
    }
    for (int pair = 0; pair < pairs.size(); pair++) {
      queue.add(pair);
    }
    while (tokens.size() < tokenCount) {
      int best = queue.poll();
      if (best < 0) {
        return;
      }
      merge(best);
    }
  }

  long count(int pair) {
    return pairCounts[pair];
  }

  /** Whether pair {@code a} goes before pair {@code b} where their counts are equal. */
  boolean greater(int a, int b) {
    int order = compareTokens((int) (pairKeys[a] >>> 32), (int) (pairKeys[b] >>> 32));
    return (order != 0 ? order : compareTokens((int) pairKeys[a], (int) pairKeys[b])) > 0;
  }

  private int compareTokens(int a, int b) {
    return a == b ? 0 : Arrays.compareUnsigned(tokens.get(a), tokens.get(b));
  }

  private void merge(int pair) {
    int left = (int) (pairKeys[pair] >>> 32);
    int right = (int) pairKeys[pair];
    byte[] joined = Arrays.copyOf(token(left), token(left).length + token(right).length);
    System.arraycopy(token(right), 0, joined, token(left).length, token(right).length);
    int id = addToken(joined);
    merges.add(pairKeys[pair]);
    IntList where = places.get(pair);
    places.set(pair, new IntList(0));
    // Left to right, so that of "aaa" the first two are joined.
    where.sort();
    var grown = new IntList(16);
    for (int i = 0; i < where.size(); i++) {
      int at = where.get(i);
      int second = symbols[at] == left ? next[at] : NOWHERE;
      if (second != NOWHERE && symbols[second] == right) {
        join(at, second, id, grown);
      }
    }
    for (int i = 0; i < grown.size(); i++) {
      queue.add(grown.get(i));
    }
  }

  private void join(int at, int second, int id, IntList grown) {
    long count = wordCounts[wordOf[at]];
    int left = symbols[at];
    int right = symbols[second];
    int before = previous[at];
    int after = next[second];
    change(left, right, at, -count);
    if (before != NOWHERE) {
      change(symbols[before], left, before, -count);
    }
    if (after != NOWHERE) {
      change(right, symbols[after], second, -count);
    }
    symbols[at] = id;
    symbols[second] = DEAD;
    next[at] = after;
    if (after != NOWHERE) {
      previous[after] = at;
      grow(id, symbols[after], at, count, grown);
    }
    if (before != NOWHERE) {
      grow(symbols[before], id, before, count, grown);
    }
  }

  /** Counts a pair that this merge has made, and notes it once for the queue. */
  private void grow(int left, int right, int at, long count, IntList grown) {
    int pair = change(left, right, at, count);
    if (grown.size() == 0 || grown.get(grown.size() - 1) != pair) {
      grown.add(pair);
    }
  }

  private int change(int left, int right, int at, long count) {
    int pair = pairs.putIfAbsent(left, right, pairs.size());
    if (pair == places.size()) {
      places.add(new IntList(4));
      if (pair == pairKeys.length) {
        pairKeys = Arrays.copyOf(pairKeys, pair * 2);
        pairCounts = Arrays.copyOf(pairCounts, pair * 2);
      }
      pairKeys[pair] = PairTable.key(left, right);
    }
    pairCounts[pair] += count;
    if (count > 0) {
      places.get(pair).add(at);
    }
    return pair;
  }
}
