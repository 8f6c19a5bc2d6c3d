package inkstone.text;

import java.util.Arrays;

/** A hash table from a pair of ids to an int, open addressing. */
final class PairTable {

  /** What {@link #get} gives for a pair that is not in the table. */
  static final int ABSENT = -1;

  /** No pair of ids has this key, because ids are not negative. */
  private static final long FREE = -1;

  private long[] keys;
  private int[] values;
  private int size;

  PairTable(int expected) {
    int capacity = Integer.highestOneBit(Math.max(8, expected)) * 4;
    keys = new long[capacity];
    values = new int[capacity];
    Arrays.fill(keys, FREE);
  }

  int size() {
    return size;
  }

  static long key(int left, int right) {
    return (long) left << 32 | right;
  }

  /** The value of a pair, or {@link #ABSENT}. */
  int get(int left, int right) {
    long key = key(left, right);
    int slot = slot(keys, key);
    return keys[slot] == key ? values[slot] : ABSENT;
  }

  /** Adds the pair where it is absent; gives the value it has then. */
  int putIfAbsent(int left, int right, int value) {
    long key = key(left, right);
    int slot = slot(keys, key);
    if (keys[slot] == key) {
      return values[slot];
    }
    keys[slot] = key;
    values[slot] = value;
    if (++size * 2 > keys.length) {
      grow();
    }
    return value;
  }

  private void grow() {
    var oldKeys = keys;
    var oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new int[keys.length];
    Arrays.fill(keys, FREE);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != FREE) {
        int slot = slot(keys, oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }

  private static int slot(long[] keys, long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 32) & mask;
    while (keys[slot] != key && keys[slot] != FREE) {
      slot = slot + 1 & mask;
    }
    return slot;
  }
}
