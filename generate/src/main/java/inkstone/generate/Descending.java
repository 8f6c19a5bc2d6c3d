package inkstone.generate;

/**
 * Gives the indices of numbers from the largest to the smallest, equal ones by index. A heap: where
 * few are wanted of many, it is much cheaper than sorting.
 */
final class Descending {

  private final float[] values;
  private final int[] heap;
  private int left;

  Descending(float[] values) {
    this.values = values;
    left = values.length;
    heap = new int[left];
    for (int i = 0; i < left; i++) {
      heap[i] = i;
    }
    for (int i = left / 2 - 1; i >= 0; i--) {
      sink(i);
    }
  }

  boolean isEmpty() {
    return left == 0;
  }

  /** The index that comes next. */
  int peek() {
    return heap[0];
  }

  /** Takes the index that comes next. */
  int next() {
    int first = heap[0];
    left--;
    heap[0] = heap[left];
    sink(0);
    return first;
  }

  private void sink(int place) {
    int index = heap[place];
    int at = place;
    for (int child = 2 * at + 1; child < left; child = 2 * at + 1) {
      if (child + 1 < left && before(heap[child + 1], heap[child])) {
        child++;
      }
      if (!before(heap[child], index)) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = index;
  }

  private boolean before(int one, int other) {
    return values[one] > values[other] || (values[one] == values[other] && one < other);
  }
}
