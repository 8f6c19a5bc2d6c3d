package inkstone.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.data.Batches.Order;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatchesTest {

  /** The ids 0, 1, 2 and so on. */
  private static Tokens counting(long size) {
    return new Tokens() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public void read(long from, int[] target, int at, int count) {
        assertTrue(from >= 0 && from + count <= size, "read outside");
        for (int i = 0; i < count; i++) {
          target[at + i] = (int) (from + i);
        }
      }
    };
  }

  @Test
  void targetsAreTheInputsShiftedByOne() {
    for (var order : Order.values()) {
      var batch = new Batches(counting(1000), order, 10, 1).at(DataPosition.START, 7);
      assertEquals(7, batch.sequences());
      assertEquals(10, batch.length());
      assertEquals(70, batch.inputs().length);
      for (int i = 0; i < 70; i++) {
        assertEquals((batch.inputs()[i] + 1) % 1000, batch.targets()[i]);
        if (i % 10 > 0) {
          assertEquals(batch.targets()[i - 1], batch.inputs()[i]);
        }
      }
    }
  }

  @Test
  void anEpochGivesEveryTokenOnceButForLessThanARow() {
    for (int seed = 0; seed < 100; seed++) {
      var random = new Random(seed);
      var context = random.nextInt(1, 20);
      var size = context + 1 + random.nextInt(500);
      var batches = new Batches(counting(size), Order.EPOCH, context, seed);
      var rows = (int) batches.windowsPerEpoch();
      assertEquals(size / context, rows);
      for (int epoch = 0; epoch < 3; epoch++) {
        var batch = batches.at(new DataPosition((long) epoch * rows), rows);
        var seen = new int[size];
        for (var id : batch.inputs()) {
          seen[id]++;
        }
        assertEquals(1, Arrays.stream(seen).max().orElseThrow(), "seed " + seed);
        assertEquals(rows * context, Arrays.stream(seen).sum());
      }
    }
  }

  @Test
  void epochsDifferInOrderAndPlace() {
    var batches = new Batches(counting(1000), Order.EPOCH, 10, 1);
    var first = batches.at(DataPosition.START, 100);
    var second = batches.at(new DataPosition(100), 100);
    assertFalse(Arrays.equals(first.inputs(), second.inputs()));
    assertFalse(first.inputs()[0] % 10 == second.inputs()[0] % 10 && first.inputs()[0] == 0);
    var other = new Batches(counting(1000), Order.EPOCH, 10, 2).at(DataPosition.START, 100);
    assertFalse(Arrays.equals(first.inputs(), other.inputs()));
    int inOrder = 0;
    for (int i = 1; i < 100; i++) {
      inOrder += first.inputs()[10 * i] == (first.inputs()[10 * (i - 1)] + 10) % 1000 ? 1 : 0;
    }
    assertTrue(inOrder < 10, "rows in order: " + inOrder);
  }

  @Test
  void randomRowsStartAnywhere() {
    var batch = new Batches(counting(13), Order.RANDOM, 10, 1).at(DataPosition.START, 1000);
    var starts = new int[4];
    for (int i = 0; i < 1000; i++) {
      starts[batch.inputs()[10 * i]]++;
    }
    // Places 0 to 2: the row at 2 has the last token as its last target.
    assertEquals(0, starts[3]);
    for (int i = 0; i < 3; i++) {
      assertTrue(starts[i] > 250, Arrays.toString(starts));
    }
  }

  @Test
  void aBatchDependsOnItsPositionAlone() {
    for (var order : Order.values()) {
      var batches = new Batches(counting(997), order, 8, 3);
      var together = batches.at(new DataPosition(50), 12);
      var position = new DataPosition(50);
      for (int i = 0; i < 12; i += 4) {
        var batch = batches.at(position, 4);
        assertArrayEquals(
            Arrays.copyOfRange(together.inputs(), 8 * i, 8 * (i + 4)), batch.inputs());
        position = position.after(batch);
      }
      assertEquals(new DataPosition(62), position);
      var again = new Batches(counting(997), order, 8, 3).at(new DataPosition(50), 12);
      assertArrayEquals(together.targets(), again.targets());
    }
  }

  @Test
  void tooFewTokensAreRefused() {
    assertEquals(1, new Batches(counting(11), Order.RANDOM, 10, 1).windowsPerEpoch());
    var error =
        assertThrows(CorpusException.class, () -> new Batches(counting(10), Order.EPOCH, 10, 1));
    assertEquals(
        "the training text has 10 tokens, a row of context 10 needs 11; use more text or a shorter context",
        error.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> new Batches(counting(10), Order.EPOCH, 0, 1));
  }
}
