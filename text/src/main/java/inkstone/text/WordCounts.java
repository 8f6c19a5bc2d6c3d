package inkstone.text;

import java.util.Arrays;

/** How often each distinct piece of text occurs; memory grows with distinct pieces only. */
final class WordCounts {

  private static final int LONGEST_ARENA = Integer.MAX_VALUE - 16;

  private char[] arena = new char[1 << 12];
  private int used;
  private int[] starts = new int[1 << 8];
  private int[] hashes = new int[1 << 8];
  private long[] counts = new long[1 << 8];
  private int size;

  /** Word number plus one; 0 is a free slot. */
  private int[] slots = new int[1 << 10];

  int size() {
    return size;
  }

  long count(int word) {
    return counts[word];
  }

  char[] characters() {
    return arena;
  }

  /** Word {@code word} is {@code characters()[start(word), end(word))}. */
  int start(int word) {
    return starts[word];
  }

  int end(int word) {
    return word + 1 < size ? starts[word + 1] : used;
  }

  /** Adds {@code count} occurrences of {@code text[from, to)}. */
  void add(char[] text, int from, int to, long count) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + text[i];
    }
    hash *= 0x9E3779B1;
    add(text, from, to, hash, count);
  }

  private void add(char[] text, int from, int to, int hash, long count) {
    int mask = slots.length - 1;
    int slot = hash >>> 8 & mask;
    while (slots[slot] != 0) {
      int word = slots[slot] - 1;
      if (hashes[word] == hash && Arrays.equals(arena, starts[word], end(word), text, from, to)) {
        counts[word] += count;
        return;
      }
      slot = slot + 1 & mask;
    }
    slots[slot] = size + 1;
    append(text, from, to, hash, count);
    if (size * 2 > slots.length) {
      rehash();
    }
  }

  /** Adds all of {@code other}. */
  void addAll(WordCounts other) {
    for (int word = 0; word < other.size; word++) {
      add(other.arena, other.start(word), other.end(word), other.hashes[word], other.counts[word]);
    }
  }

  private void append(char[] text, int from, int to, int hash, long count) {
    int length = to - from;
    if (length > arena.length - used) {
      long wanted = Math.max((long) arena.length * 2, (long) used + length);
      if ((long) used + length > LONGEST_ARENA) {
        throw new TokenizerException(
            "the corpus has more than 2^31 characters of distinct words; train on a part of it");
      }
      arena = Arrays.copyOf(arena, (int) Math.min(wanted, LONGEST_ARENA));
    }
    System.arraycopy(text, from, arena, used, length);
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, size * 2);
      hashes = Arrays.copyOf(hashes, size * 2);
      counts = Arrays.copyOf(counts, size * 2);
    }
    starts[size] = used;
    hashes[size] = hash;
    counts[size] = count;
    used += length;
    size++;
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    int mask = slots.length - 1;
    for (int word = 0; word < size; word++) {
      int slot = hashes[word] >>> 8 & mask;
      while (slots[slot] != 0) {
        slot = slot + 1 & mask;
      }
      slots[slot] = word + 1;
    }
  }
}
