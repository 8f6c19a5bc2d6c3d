package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is asked wrongly is told in words, and the process lives on. */
class ErrorsTest {

  private Scope scope;
  private Tensor x;
  private Tensor y;
  private Tensor row;
  private Tensor ids;

  @BeforeEach
  void open() {
    scope = Scope.open();
    x = Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 3);
    y = Tensor.zeros(DType.FLOAT32, Device.CPU, 4, 5);
    row = Tensor.zeros(DType.FLOAT32, Device.CPU, 7);
    ids = Tensor.of(new long[] {0, 9}, 2);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static String error(Executable action) {
    return String.valueOf(assertThrows(TensorException.class, action).getMessage());
  }

  /** The message begins with the operation and names the shapes. */
  private static void fails(String operation, List<Tensor> shapes, Executable action) {
    long before = Tensor.live();
    var message = error(action);
    assertEquals(before, Tensor.live(), "nothing is left of " + operation);
    assertTrue(message.startsWith(operation), message);
    for (var tensor : shapes) {
      assertTrue(message.contains(tensor.toString()), message + " lacks " + tensor);
    }
    assertTrue(message.matches("(?s).*: .{5,}"), "there is a cause: " + message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void shapesThatDoNotMeet() {
    var both = List.of(x, y);
    fails("add of", both, () -> x.add(y));
    fails("sub of", both, () -> x.sub(y));
    fails("mul of", both, () -> x.mul(y));
    fails("div of", both, () -> x.div(y));
    fails("matmul of", both, () -> x.matmul(y));
    fails("addInPlace of", both, () -> x.addInPlace(y, 1));
    fails("copyInPlace of", both, () -> x.copyInPlace(y));
    fails("concat of", both, () -> Tensor.concat(0, both));
    fails("concat", List.of(), () -> Tensor.concat(0, List.of()));
    fails("indexSelect of", List.of(x, ids), () -> x.indexSelect(0, ids));
    fails("indexSelect of", List.of(x, x), () -> x.indexSelect(0, x));
  }

  @Test
  void shapesThatCannotBe() {
    fails("reshape to [4, 2] of", List.of(x), () -> x.reshape(4, 2));
    fails("reshape to [-1, -1] of", List.of(x), () -> x.reshape(-1, -1));
    fails("expand to [2, 4] of", List.of(x), () -> x.expand(2, 4));
    fails("permute of", List.of(x), () -> x.permute(0));
    fails("permute of", List.of(x), () -> x.permute(0, 0));
    fails("narrow dimension 1 from 2 by 2 of", List.of(x), () -> x.narrow(1, 2, 2));
    fails("narrow dimension 0 from 0 by -1 of", List.of(x), () -> x.narrow(0, 0, -1));
    fails("select 2 of", List.of(x), () -> x.select(0, 2));
    var empty = Tensor.zeros(DType.FLOAT32, Device.CPU, 0);
    fails("argmax of", List.of(empty), () -> empty.argmax(0));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, -3, 99, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void dimensionsThatDoNotExist(int dim) {
    assertEquals("dimension " + dim + " of FLOAT32[2, 3] does not exist", error(() -> x.size(dim)));
    fails("transpose of", List.of(x), () -> x.transpose(0, dim));
    fails("permute of", List.of(x), () -> x.permute(0, dim));
    fails("narrow dimension " + dim, List.of(x), () -> x.narrow(dim, 0, 1));
    fails("select 0 of", List.of(x), () -> x.select(dim, 0));
    fails("argmax of", List.of(x), () -> x.argmax(dim));
    fails("concat of", List.of(x), () -> Tensor.concat(dim, List.of(x, x)));
    fails("indexSelect of", List.of(x), () -> x.indexSelect(dim, ids));
    if (dim != 2 && dim != -3) {
      fails("unsqueeze of", List.of(x), () -> x.unsqueeze(dim));
    }
  }

  @Test
  void makingWhatCannotBe() {
    assertEquals(
        "a tensor of FLOAT32 [2, 2] needs 16 bytes, not 12",
        error(() -> Tensor.of(new float[3], 2, 2)));
    assertEquals(
        "a tensor of INT64 [3] needs 24 bytes, not 16", error(() -> Tensor.of(new int[2], 3)));
    assertEquals(
        "a tensor of BFLOAT16 [2] needs 4 bytes, not 5",
        error(() -> Tensor.of(MemorySegment.ofArray(new byte[5]), DType.BFLOAT16, 2)));
    assertEquals(
        "shape [2, -1] has a negative size",
        error(() -> Tensor.zeros(DType.FLOAT32, Device.CPU, 2, -1)));
    assertEquals(
        "shape [-1] has a negative size",
        error(() -> Tensor.full(1, DType.FLOAT32, Device.CPU, -1)));
    assertEquals(
        "shape [4294967296, 4294967296] is too large",
        error(() -> Tensor.zeros(DType.UINT8, Device.CPU, 1L << 32, 1L << 32)));
    assertEquals(
        "range from 3 to 2: the end is before the start",
        error(() -> Tensor.range(3, 2, Device.CPU)));
    // More than any machine has: libtorch's allocator says so.
    fails("zeros", List.of(), () -> Tensor.zeros(DType.FLOAT32, Device.CPU, 1L << 55));
    assertTrue(error(() -> x.to(DType.UINT16)).contains("UINT16 can be stored in files"), "UINT16");
    fails("normal", List.of(), () -> Random.normal(0, 1, -2));
  }

  @Test
  void notASingleNumber() {
    assertEquals("item of FLOAT32[2, 3]: it has 6 elements, not one", error(() -> x.item()));
    assertEquals(
        "backward of FLOAT32[2, 3]: start from a single number", error(() -> x.backward()));
  }

  @Test
  void functions() {
    var none = Optional.<Tensor>empty();
    fails("linear of", List.of(x, y), () -> Functions.linear(x, y, none));
    var square = Tensor.zeros(DType.FLOAT32, Device.CPU, 3, 3);
    fails(
        "linear of", List.of(x, square, row), () -> Functions.linear(x, square, Optional.of(row)));
    fails("linear of", List.of(ids), () -> Functions.linear(ids, square, none));
    fails("embedding of", List.of(x, ids), () -> Functions.embedding(x, ids));
    var negative = Tensor.of(new long[] {-1}, 1);
    fails("embedding of", List.of(x, negative), () -> Functions.embedding(x, negative));
    fails("embedding of", List.of(x, row), () -> Functions.embedding(x, row));
    fails("layerNorm of", List.of(x, row), () -> Functions.layerNorm(x, row, none, 1e-5));
    var three = Tensor.zeros(DType.FLOAT32, Device.CPU, 3);
    fails(
        "layerNorm of",
        List.of(x, three, row),
        () -> Functions.layerNorm(x, three, Optional.of(row), 1e-5));
    var number = Tensor.full(1, DType.FLOAT32, Device.CPU);
    fails("layerNorm of", List.of(number), () -> Functions.layerNorm(number, three, none, 1e-5));
    fails("rmsNorm of", List.of(x, row), () -> Functions.rmsNorm(x, row, 1e-5));
    fails("rmsNorm of", List.of(number), () -> Functions.rmsNorm(number, three, 1e-5));
    fails("gelu of", List.of(ids), () -> Functions.gelu(ids));
    fails("geluTanh of", List.of(ids), () -> Functions.geluTanh(ids));
    fails("crossEntropy of", List.of(x, ids), () -> Functions.crossEntropy(x, ids));
    var tooMany = Tensor.zeros(DType.INT64, Device.CPU, 4);
    fails("crossEntropy of", List.of(x, tooMany), () -> Functions.crossEntropy(x, tooMany));
    var below = Tensor.of(new long[] {0, -1}, 2);
    fails("crossEntropy of", List.of(x, below), () -> Functions.crossEntropy(x, below));
    fails("norm of", List.of(ids), () -> Functions.norm(List.of(ids)));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
  void dropoutIsAProbabilityBelowOne(double p) {
    assertEquals("dropout " + p + " is not in [0, 1)", error(() -> Functions.dropout(x, p)));
    var q = Tensor.zeros(DType.FLOAT32, Device.CPU, 1, 1, 2, 2);
    assertEquals(
        "dropout " + p + " is not in [0, 1)",
        error(() -> Functions.attention(q, q, q, AttentionMask.CAUSAL, p)));
  }

  @TestFactory
  List<DynamicTest> attention() {
    return List.of(
        attends("heads that make no groups", new long[] {1, 3, 3, 4}, new long[] {1, 2, 3, 4}),
        attends("fewer heads than the keys", new long[] {1, 1, 3, 4}, new long[] {1, 2, 3, 4}),
        attends("another batch", new long[] {2, 2, 3, 4}, new long[] {1, 2, 3, 4}),
        attends("another width that fits", new long[] {1, 2, 3, 8}, new long[] {1, 2, 6, 4}),
        attends("no heads", new long[] {1, 3, 4}, new long[] {1, 3, 4}),
        attends("fewer keys", new long[] {1, 2, 3, 4}, new long[] {1, 2, 2, 4}));
  }

  private static DynamicTest attends(String name, long[] query, long[] key) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          try (var inner = Scope.open()) {
            for (boolean recorded : new boolean[] {false, true}) {
              var q = Tensor.zeros(DType.FLOAT32, Device.CPU, query).requiresGrad(recorded);
              var k = Tensor.zeros(DType.FLOAT32, Device.CPU, key);
              var message = error(() -> Functions.attention(q, k, k, AttentionMask.CAUSAL, 0));
              assertTrue(message.contains("attention of " + q), message);
              assertTrue(message.contains(k.toString()), message);
            }
          }
        });
  }

  @Test
  void attentionNeedsAsManyValuesAsKeys() {
    var q = Tensor.zeros(DType.FLOAT32, Device.CPU, 1, 1, 2, 2);
    var longer = Tensor.zeros(DType.FLOAT32, Device.CPU, 1, 1, 3, 2);
    assertTrue(
        error(() -> Functions.attention(q, q, longer, AttentionMask.NONE, 0))
            .contains("as many values as keys"));
    assertTrue(
        error(() -> Functions.attention(q, q, x, AttentionMask.NONE, 0)).contains(x.toString()));
  }

  @Test
  void adamWChangesNothingWhereItCannotStep() {
    var weight = Tensor.full(1, DType.FLOAT32, Device.CPU, 2, 3);
    var step = new Functions.AdamWStep(1, 0.1, 0.9, 0.99, 1e-8, 0.5);
    for (var wrong : List.of(y, row, Tensor.full(1, DType.FLOAT32, Device.CPU, 1))) {
      assertTrue(
          error(() -> Functions.adamW(weight, wrong, x, x, step)).contains(wrong.toString()));
      assertTrue(
          error(() -> Functions.adamW(weight, x, wrong, x, step)).contains(wrong.toString()));
      assertTrue(
          error(() -> Functions.adamW(weight, x, x, wrong, step)).contains(wrong.toString()));
    }
    var narrow = x.to(DType.BFLOAT16);
    assertTrue(error(() -> Functions.adamW(weight, narrow, x, x, step)).startsWith("adamW of"));
    var zeroth = new Functions.AdamWStep(0, 0.1, 0.9, 0.99, 1e-8, 0.5);
    assertEquals(
        "adamW: steps are counted from 1, not 0",
        error(() -> Functions.adamW(weight, x, x.copy(), x.copy(), zeroth)));
    assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, weight.toFloats());
  }

  @Test
  void gradientsThatCannotBe() {
    fails("requiresGrad of", List.of(ids), () -> ids.requiresGrad(true));
    var number = Tensor.full(1, DType.FLOAT32, Device.CPU);
    fails("backward of", List.of(number), number::backward);
    var leaf = row.requiresGrad(true);
    var loss = leaf.mul(leaf).sum();
    loss.backward();
    fails("backward of", List.of(loss), loss::backward);
    fails("mulInPlace of", List.of(leaf), () -> leaf.mulInPlace(2));
  }

  @Test
  void closedTensors() {
    var closed = Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 3);
    closed.close();
    List<Executable> uses =
        List.of(
            closed::shape,
            () -> closed.size(0),
            closed::rank,
            closed::count,
            closed::dtype,
            closed::device,
            closed::item,
            closed::toFloats,
            closed::toLongs,
            () -> closed.read(memory -> {}),
            () -> closed.reshape(6),
            () -> closed.transpose(0, 1),
            () -> closed.permute(1, 0),
            () -> closed.narrow(0, 0, 1),
            () -> closed.select(0, 0),
            () -> closed.unsqueeze(0),
            () -> closed.expand(2, 3),
            closed::contiguous,
            () -> closed.to(DType.FLOAT64),
            () -> closed.to(Device.CPU),
            closed::copy,
            () -> closed.indexSelect(0, ids),
            () -> x.indexSelect(0, closed),
            () -> Tensor.concat(0, List.of(x, closed)),
            () -> x.add(closed),
            () -> closed.add(x),
            () -> x.sub(closed),
            () -> x.mul(closed),
            () -> closed.mul(2),
            () -> x.div(closed),
            () -> x.matmul(closed),
            closed::tanh,
            closed::exp,
            closed::log,
            closed::cos,
            closed::sin,
            closed::sum,
            closed::mean,
            () -> closed.argmax(0),
            () -> x.addInPlace(closed, 1),
            () -> closed.mulInPlace(1),
            () -> x.copyInPlace(closed),
            () -> closed.requiresGrad(true),
            closed::requiresGrad,
            closed::grad,
            closed::clearGrad,
            closed::backward,
            closed::detach,
            () -> Functions.linear(closed, x, Optional.empty()),
            () -> Functions.linear(x, closed, Optional.empty()),
            () -> Functions.linear(x, x, Optional.of(closed)),
            () -> Functions.embedding(closed, ids),
            () -> Functions.embedding(x, closed),
            () -> Functions.layerNorm(x, closed, Optional.empty(), 0),
            () -> Functions.rmsNorm(closed, x, 0),
            () -> Functions.geluTanh(closed),
            () -> Functions.gelu(closed),
            () -> Functions.silu(closed),
            () -> Functions.softmax(closed),
            () -> Functions.logSoftmax(closed),
            () -> Functions.dropout(closed, 0.5),
            () -> Functions.crossEntropy(closed, ids),
            () -> Functions.crossEntropy(x, closed),
            () -> Functions.attention(closed, x, x, AttentionMask.CAUSAL, 0),
            () -> Functions.norm(List.of(x, closed)),
            () ->
                Functions.adamW(
                    x, closed, x, x, new Functions.AdamWStep(1, 0.1, 0.9, 0.99, 1e-8, 0)));
    long before = Tensor.live();
    for (int i = 0; i < uses.size(); i++) {
      assertTrue(error(uses.get(i)).contains("freed"), "use " + i);
    }
    assertEquals(before, Tensor.live());
    assertTrue(error(() -> x.add(closed)).startsWith("add of FLOAT32[2, 3] and a closed tensor"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "CPU", "cuda:", "cuda:x", "cuda:-1", "cpu:0", " cpu", "tpu"})
  void devicesThatAreNone(String name) {
    assertEquals(
        "device '" + name + "' is unknown; give cpu, cuda or cuda:N (N from 0)",
        error(() -> new Device(name)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cuda", "cuda:0", "cuda:99999999999999999999"})
  void withoutADriverCudaIsRefused(String name) {
    Engine.load();
    Assumptions.assumeFalse(org.bytedeco.pytorch.global.torch.cuda_is_available(), "has CUDA");
    var message = error(() -> new Device(name));
    assertTrue(message.startsWith("device '" + name + "' is not available"), message);
    assertTrue(message.endsWith("use cpu"), message);
  }

  @Test
  void anErrorDoesNotSpoilWhatComesAfter() {
    for (int i = 0; i < 200; i++) {
      error(() -> x.matmul(y));
    }
    assertEquals(6, x.add(Tensor.full(1, DType.FLOAT32, Device.CPU)).sum().item());
  }
}
