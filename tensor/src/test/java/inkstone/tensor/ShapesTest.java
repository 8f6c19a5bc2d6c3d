package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShapesTest {

  private final java.util.Random random = Plain.random();
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static void assertElements(Tensor tensor, long[] shape, long... elements) {
    assertArrayEquals(shape, tensor.shape());
    assertArrayEquals(elements, tensor.toLongs());
  }

  private static long[] shape(long... sizes) {
    return sizes;
  }

  @Test
  void reshapeKeepsTheOrder() {
    var x = Tensor.range(0, 6, Device.CPU);
    assertElements(x.reshape(2, 3), shape(2, 3), 0, 1, 2, 3, 4, 5);
    assertElements(x.reshape(3, -1), shape(3, 2), 0, 1, 2, 3, 4, 5);
    assertElements(x.narrow(0, 4, 1).reshape(), shape(), 4);
    assertElements(x.reshape(2, 3).transpose(0, 1).reshape(6), shape(6), 0, 3, 1, 4, 2, 5);
  }

  @Test
  void dimensionsChangePlaces() {
    for (int round = 0; round < 10; round++) {
      var sizes = random.longs(3, 1, 6).toArray();
      var x = Plain.random(random, sizes);
      var t = x.tensor();
      var swapped = Plain.build(i -> x.at(i[2], i[1], i[0]), sizes[2], sizes[1], sizes[0]);
      swapped.assertSame(t.transpose(0, 2));
      swapped.assertSame(t.transpose(-1, -3));
      swapped.assertSame(t.permute(2, 1, 0));
      Plain.build(i -> x.at(i[1], i[2], i[0]), sizes[2], sizes[0], sizes[1])
          .assertSame(t.permute(2, 0, 1));
      swapped.assertSame(t.transpose(0, 2).contiguous());
    }
  }

  @Test
  void partsOfATensor() {
    var x = Tensor.range(0, 12, Device.CPU).reshape(3, 4);
    assertElements(x.narrow(0, 1, 2), shape(2, 4), 4, 5, 6, 7, 8, 9, 10, 11);
    assertElements(x.narrow(-1, 3, 1), shape(3, 1), 3, 7, 11);
    assertElements(x.narrow(1, 4, 0), shape(3, 0));
    assertElements(x.select(0, 2), shape(4), 8, 9, 10, 11);
    assertElements(x.select(-1, 0), shape(3), 0, 4, 8);
    assertElements(x.select(0, -1), shape(4), 8, 9, 10, 11);
    assertElements(
        x.indexSelect(0, Tensor.of(new long[] {2, 0, 2}, 3)),
        shape(3, 4),
        8,
        9,
        10,
        11,
        0,
        1,
        2,
        3,
        8,
        9,
        10,
        11);
    assertElements(x.indexSelect(1, Tensor.of(new int[] {3}, 1)), shape(3, 1), 3, 7, 11);
    assertElements(x.indexSelect(0, Tensor.of(new long[0], 0)), shape(0, 4));
  }

  @Test
  void dimensionsOfOne() {
    var x = Tensor.range(0, 3, Device.CPU);
    assertElements(x.unsqueeze(0), shape(1, 3), 0, 1, 2);
    assertElements(x.unsqueeze(-1), shape(3, 1), 0, 1, 2);
    assertElements(x.unsqueeze(1).expand(3, 2), shape(3, 2), 0, 0, 1, 1, 2, 2);
    assertElements(x.expand(2, 3), shape(2, 3), 0, 1, 2, 0, 1, 2);
  }

  @Test
  void concatJoinsAlongADimension() {
    var a = Tensor.range(0, 4, Device.CPU).reshape(2, 2);
    var b = Tensor.range(4, 6, Device.CPU).reshape(2, 1);
    assertElements(Tensor.concat(1, List.of(a, b)), shape(2, 3), 0, 1, 4, 2, 3, 5);
    assertElements(Tensor.concat(-1, List.of(b)), shape(2, 1), 4, 5);
    assertElements(
        Tensor.concat(0, List.of(a, a.transpose(0, 1))), shape(4, 2), 0, 1, 2, 3, 0, 2, 1, 3);
  }

  @Test
  void viewsShareMemoryAndCopiesDoNot() {
    var x = Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 3);
    var copy = x.copy();
    var turned = x.transpose(0, 1).contiguous();
    var views =
        List.of(
            x.reshape(6),
            x.transpose(0, 1),
            x.permute(1, 0),
            x.narrow(0, 0, 2),
            x.select(0, 0),
            x.unsqueeze(0),
            x.expand(5, 2, 3),
            x.contiguous(),
            x.detach(),
            x.to(Device.CPU),
            x.to(DType.FLOAT32));
    x.addInPlace(Tensor.full(1, DType.FLOAT32, Device.CPU), 1);
    for (var view : views) {
      assertEquals(view.count(), view.sum().item(), view.toString());
    }
    assertEquals(0, copy.sum().item());
    assertEquals(0, turned.sum().item());
  }

  /** What shares memory keeps it, even when the tensor it came from is freed. */
  @Test
  void aViewOutlivesItsTensor() {
    var x = Tensor.full(7, DType.FLOAT32, Device.CPU, 1 << 18);
    var view = x.narrow(0, 5, 3);
    x.close();
    for (int i = 0; i < 20; i++) {
      Tensor.full(-1, DType.FLOAT32, Device.CPU, 1 << 18).close();
    }
    assertArrayEquals(new float[] {7, 7, 7}, view.toFloats());
  }
}
