package inkstone.words;

import java.util.Arrays;

/** How often each pair of numbers came: a hash table with open addressing, 12 bytes a place. */
final class PairCounts {

  /** No pair: numbers of words are not negative. */
  private static final long FREE = -1;

  private long[] keys = new long[1 << 16];
  private int[] counts = new int[1 << 16];
  private int size;

  PairCounts() {
    Arrays.fill(keys, FREE);
  }

  void add(int first, int second) {
    if (2 * size > keys.length) {
      grow();
    }
    long key = key(first, second);
    int place = place(keys, key);
    if (keys[place] == FREE) {
      keys[place] = key;
      size++;
    }
    counts[place]++;
  }

  int get(int first, int second) {
    return counts[place(keys, key(first, second))];
  }

  private void grow() {
    if (keys.length > 1 << 28) {
      throw new WordsException(
          "the text has more than 268 million different pairs of words; look for phrases in a part of it");
    }
    var larger = new long[2 * keys.length];
    var moved = new int[larger.length];
    Arrays.fill(larger, FREE);
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != FREE) {
        int place = place(larger, keys[i]);
        larger[place] = keys[i];
        moved[place] = counts[i];
      }
    }
    keys = larger;
    counts = moved;
  }

  private static long key(int first, int second) {
    return (long) first << 32 | second;
  }

  private static int place(long[] keys, long key) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    int place = (int) (mixed >>> 32) & (keys.length - 1);
    while (keys[place] != FREE && keys[place] != key) {
      place = (place + 1) & (keys.length - 1);
    }
    return place;
  }
}
