package inkstone.text;

import java.util.Arrays;

/** A growing array of ints. */
final class IntList {

  private int[] items;
  private int size;

  IntList(int capacity) {
    items = new int[Math.max(4, capacity)];
  }

  int size() {
    return size;
  }

  int get(int index) {
    return items[index];
  }

  void add(int item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
    }
    items[size++] = item;
  }

  void addAll(int[] more) {
    int end = size + more.length;
    if (end > items.length) {
      items = Arrays.copyOf(items, Math.max(end, size * 2));
    }
    System.arraycopy(more, 0, items, size, more.length);
    size = end;
  }

  void clear() {
    size = 0;
  }

  /** Makes the order ascending; costs one pass where it already is. */
  void sort() {
    for (int i = 1; i < size; i++) {
      if (items[i - 1] > items[i]) {
        Arrays.sort(items, 0, size);
        return;
      }
    }
  }

  int[] toArray() {
    return Arrays.copyOf(items, size);
  }
}
