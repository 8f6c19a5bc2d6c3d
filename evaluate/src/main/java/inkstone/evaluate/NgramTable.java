package inkstone.evaluate;

import java.util.Arrays;

/**
 * Counts of byte n-grams: an open-addressing hash table from keys of up to seven bytes to whole
 * numbers, 12 bytes a slot.
 */
final class NgramTable {
  private long[] keys;
  private int[] values;
  private int size;
  private int shift;

  NgramTable() {
    this(10);
  }

  private NgramTable(int bits) {
    keys = new long[1 << bits];
    values = new int[1 << bits];
    shift = 64 - bits;
  }

  /** What {@link #forEach} hands out. */
  @FunctionalInterface
  interface Visitor {
    void visit(long key, int value);
  }

  int size() {
    return size;
  }

  /** The value of a key; 0 if there is none. */
  int get(long key) {
    return values[slot(key)];
  }

  /** Adds to the value of a key. */
  void add(long key, int value) {
    var slot = slot(key);
    if (keys[slot] == 0) {
      if (5L * size >= 3L * keys.length) {
        grow();
        slot = slot(key);
      }
      keys[slot] = key + 1;
      size++;
    }
    values[slot] += value;
  }

  /** Visits all keys, in no particular order. */
  void forEach(Visitor visitor) {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != 0) {
        visitor.visit(keys[i] - 1, values[i]);
      }
    }
  }

  /** Where a key is or would be. Keys are kept one higher, so that 0 means free. */
  private int slot(long key) {
    var slot = (int) (key * 0x9E3779B97F4A7C15L >>> shift);
    while (keys[slot] != 0 && keys[slot] != key + 1) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private void grow() {
    var oldKeys = keys;
    var oldValues = values;
    keys = new long[2 * oldKeys.length];
    values = new int[2 * oldKeys.length];
    shift--;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        var slot = slot(oldKeys[i] - 1);
        keys[slot] = oldKeys[i];
        values[slot] = oldValues[i];
      }
    }
  }

  /** How many keys have the value 0, 1 ... {@code most}. */
  long[] countsOfCounts(int most) {
    var counts = new long[most + 1];
    Arrays.stream(values).filter(value -> value > 0 && value <= most).forEach(v -> counts[v]++);
    return counts;
  }
}
