package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Every public operation on tensors by its signature, each on about 64 KiB; what it returns is all
 * that it may leave behind.
 */
final class Operations {

  private final Map<String, Supplier<List<Tensor>>> table = new LinkedHashMap<>();

  private final Tensor x = Random.normal(0, 1, 128, 128);
  private final Tensor turnable = Random.normal(0, 1, 16, 4, 16);
  private final Tensor angles = Random.normal(0, 1, 16, 1, 8);
  private final Tensor y = Random.normal(0, 1, 128, 128);
  private final Tensor row = Random.normal(0, 1, 128);
  private final Tensor heads = Random.normal(0, 1, 1, 4, 64, 64);
  private final Tensor recordedHeads = heads.copy().requiresGrad(true);
  private final Tensor halfHeads = heads.to(DType.BFLOAT16).detach().requiresGrad(true);
  private final Tensor halfProjection =
      Random.normal(0, 1, 64, 4, 64).to(DType.BFLOAT16).detach().requiresGrad(true);
  private final Tensor twofold = Random.normal(0, 1, 128, 256);
  private final Tensor threefold = Random.normal(0, 1, 128, 384);
  private final Tensor target = Tensor.zeros(DType.FLOAT32, Device.CPU, 128, 128);
  private final Tensor ids = Tensor.range(0, 128, Device.CPU);
  private final Tensor number = Tensor.full(1, DType.FLOAT32, Device.CPU);
  private final Tensor leaf = Random.normal(0, 1, 128, 128).requiresGrad(true);
  private final Tensor learnt = Random.normal(0, 1, 128, 128).requiresGrad(true);
  private final Tensor first = Tensor.zeros(DType.FLOAT32, Device.CPU, 128, 128);
  private final Tensor second = Tensor.zeros(DType.FLOAT32, Device.CPU, 128, 128);
  private final List<QuantizedMatrix> blocks =
      List.of(
          QuantizedMatrix.of(
              GgufType.Q8_0, 128, 128, i -> MemorySegment.ofArray(new byte[4 * 34])));
  private final float[] floats = new float[128 * 128];
  private final long[] longs = new long[64 * 128];
  private final int[] ints = new int[64 * 128];

  /** Writes its file into {@code folder}. */
  Operations(Path folder) {
    learnt.mul(learnt).sum().backward();
    making();
    looking();
    shapes();
    arithmetic();
    gradients();
    functions();
    files(folder);
  }

  /** By signature, such as {@code Tensor.add(Tensor)}. */
  Map<String, Supplier<List<Tensor>>> table() {
    return table;
  }

  private void one(String signature, Supplier<Tensor> operation) {
    table.put(signature, () -> List.of(operation.get()));
  }

  private void none(String signature, Runnable operation) {
    table.put(
        signature,
        () -> {
          operation.run();
          return List.of();
        });
  }

  private void making() {
    one("Tensor.of(float[], long[])", () -> Tensor.of(floats, 128, 128));
    one("Tensor.of(long[], long[])", () -> Tensor.of(longs, 64, 128));
    one("Tensor.of(int[], long[])", () -> Tensor.of(ints, 64, 128));
    one(
        "Tensor.of(MemorySegment, DType, long[])",
        () -> Tensor.of(MemorySegment.ofArray(floats), DType.FLOAT32, 128, 128));
    one(
        "Tensor.zeros(DType, Device, long[])",
        () -> Tensor.zeros(DType.FLOAT32, Device.CPU, 128, 128));
    one(
        "Tensor.full(double, DType, Device, long[])",
        () -> Tensor.full(3, DType.FLOAT32, Device.CPU, 128, 128));
    one("Tensor.range(long, long, Device)", () -> Tensor.range(0, 8192, Device.CPU));
    one("Random.normal(double, double, long[])", () -> Random.normal(0, 1, 128, 128));
    none("Random.seed(long)", () -> Random.seed(1));
    none("Random.seed(long, long)", () -> Random.seed(1, 2));
    none("Tensor.close()", () -> x.copy().close());
  }

  private void looking() {
    none("Tensor.live()", Tensor::live);
    none("Tensor.shape()", x::shape);
    none("Tensor.size(int)", () -> x.size(-1));
    none("Tensor.rank()", x::rank);
    none("Tensor.count()", x::count);
    none("Tensor.dtype()", x::dtype);
    none("Tensor.device()", x::device);
    none("Tensor.item()", number::item);
    none("Tensor.toFloats()", x::toFloats);
    none("Tensor.toLongs()", x::toLongs);
    none("Tensor.read(Consumer)", () -> x.transpose(0, 1).read(memory -> memory.asSlice(8)), 1);
    none("Tensor.toString()", () -> Objects.requireNonNull(x.toString()));
  }

  /** As {@link #none}, where the operation's own inputs are freed by a scope. */
  private void none(String signature, Runnable operation, int made) {
    none(
        signature,
        () -> {
          long before = Tensor.live();
          try (var scope = Scope.open()) {
            operation.run();
            if (Tensor.live() != before + made) {
              throw new AssertionError(signature + " left tensors in its scope");
            }
          }
        });
  }

  private void shapes() {
    one("Tensor.reshape(long[])", () -> x.reshape(64, -1));
    one("Tensor.transpose(int, int)", () -> x.transpose(0, 1));
    one("Tensor.permute(long[])", () -> x.permute(1, 0));
    one("Tensor.narrow(int, long, long)", () -> x.narrow(0, 3, 9));
    one("Tensor.select(int, long)", () -> x.select(0, 3));
    one("Tensor.unsqueeze(int)", () -> x.unsqueeze(0));
    one("Tensor.expand(long[])", () -> row.expand(128, 128));
    table.put(
        "Tensor.contiguous()",
        () -> {
          var turned = x.transpose(0, 1);
          return List.of(turned, turned.contiguous());
        });
    one("Tensor.to(DType)", () -> x.to(DType.BFLOAT16));
    one("Tensor.as(DType)", () -> x.as(DType.BFLOAT16));
    one("Tensor.to(Device)", () -> x.to(Device.CPU));
    one("Tensor.copy()", x::copy);
    one("Tensor.indexSelect(int, Tensor)", () -> x.indexSelect(0, ids));
    one("Tensor.concat(int, List)", () -> Tensor.concat(0, List.of(x, y)));
    one("Tensor.joined(List)", () -> Tensor.joined(List.of(x, y)));
  }

  private void arithmetic() {
    one("Tensor.add(Tensor)", () -> x.add(row));
    one("Tensor.add(double)", () -> x.add(2));
    one("Tensor.sub(Tensor)", () -> x.sub(y));
    one("Tensor.mul(Tensor)", () -> x.mul(y));
    one("Tensor.mul(double)", () -> x.mul(2));
    one("Tensor.div(Tensor)", () -> x.div(y));
    one("Tensor.matmul(Tensor)", () -> x.matmul(y));
    one("Tensor.tanh()", x::tanh);
    one("Tensor.exp()", x::exp);
    one("Tensor.log()", x::log);
    one("Tensor.cos()", x::cos);
    one("Tensor.sin()", x::sin);
    one("Tensor.sum()", x::sum);
    one("Tensor.mean()", x::mean);
    one("Tensor.argmax(int)", () -> x.argmax(-1));
    none("Tensor.addInPlace(Tensor, double)", () -> target.addInPlace(x, 0.5));
    none("Tensor.mulInPlace(double)", () -> target.mulInPlace(0.5));
    none("Tensor.copyInPlace(Tensor)", () -> target.copyInPlace(x));
  }

  private void gradients() {
    none("Tensor.requiresGrad(boolean)", () -> leaf.requiresGrad(true));
    none("Tensor.requiresGrad()", leaf::requiresGrad);
    one("Tensor.grad()", () -> learnt.grad().orElseThrow());
    table.put(
        "Tensor.backward()",
        () -> {
          var square = leaf.mul(leaf);
          var loss = square.sum();
          loss.backward();
          return List.of(square, loss);
        });
    table.put(
        "Tensor.clearGrad()",
        () -> {
          var loss = leaf.sum();
          loss.backward();
          leaf.clearGrad();
          return List.of(loss);
        });
    one("Tensor.detach()", leaf::detach);
  }

  private void functions() {
    one(
        "Functions.linear(Tensor, Tensor, Optional)",
        () -> Functions.linear(x, y, Optional.of(row)));
    one("Functions.embedding(Tensor, Tensor)", () -> Functions.embedding(x, ids));
    one(
        "Functions.linear(Tensor, List, Optional)",
        () -> Functions.linear(x, blocks, Optional.of(row)));
    one(
        "Functions.linear(Before, Tensor, List, Optional, Optional)",
        () -> Functions.linear(Before.NOTHING, x, blocks, Optional.of(row), Optional.of(x)));
    one("Functions.embedding(List, Tensor)", () -> Functions.embedding(blocks, ids));
    one(
        "Functions.layerNorm(Tensor, Tensor, Optional, double)",
        () -> Functions.layerNorm(x, row, Optional.of(row), 1e-5));
    one("Functions.rmsNorm(Tensor, Tensor, double)", () -> Functions.rmsNorm(x, row, 1e-5));
    one("Functions.geluTanh(Tensor)", () -> Functions.geluTanh(x));
    one("Functions.gelu(Tensor)", () -> Functions.gelu(x));
    one("Functions.silu(Tensor)", () -> Functions.silu(x));
    one("Functions.swiGlu(Tensor)", () -> Functions.swiGlu(x));
    one(
        "Functions.rotary(Tensor, Tensor, Tensor)",
        () -> Functions.rotary(turnable, angles, angles));
    one(
        "Functions.rotary(Tensor, Tensor, Tensor, long)",
        () -> Functions.rotary(turnable, angles, angles, 3));
    one("Functions.softmax(Tensor)", () -> Functions.softmax(x));
    one("Functions.logSoftmax(Tensor)", () -> Functions.logSoftmax(x));
    one("Functions.dropout(Tensor, double)", () -> Functions.dropout(x, 0.5));
    one("Functions.crossEntropy(Tensor, Tensor)", () -> Functions.crossEntropy(x, ids));
    one(
        "Functions.linearCrossEntropy(Tensor, Tensor, Tensor, double, double)",
        () -> Functions.linearCrossEntropy(x, y, ids, 0.1, 0.1));
    table.put(
        "Functions.attention(Tensor, Tensor, Tensor, AttentionMask, double)",
        () ->
            List.of(
                Functions.attention(heads, heads, heads, AttentionMask.CAUSAL, 0),
                Functions.attention(recordedHeads, heads, heads, AttentionMask.CAUSAL, 0.1),
                Functions.attention(recordedHeads, heads, heads, AttentionMask.CAUSAL, 0),
                Functions.attention(halfHeads, halfHeads, halfHeads, AttentionMask.CAUSAL, 0),
                AttentionPaths.blocked(recordedHeads, heads, heads, AttentionMask.CAUSAL, 0, 2)));
    one(
        "Functions.attention(Tensor, int, long, AttentionMask, double, double)",
        () -> Functions.attention(halfProjection, 2, 2, AttentionMask.CAUSAL, 0, 0));
    one(
        "Functions.attention(Tensor, Tensor, Tensor, AttentionMask, double, double)",
        () -> Functions.attention(recordedHeads, heads, heads, AttentionMask.CAUSAL, 0, 2));
    one(
        "Functions.attention(Tensor, Tensor, Tensor, List, int, AttentionMask, double)",
        Operations::paged);
    one(
        "Functions.attention(Tensor, Optional, List, int, AttentionMask, double)",
        Operations::projected);
    one("Functions.relu(Tensor)", () -> Functions.relu(x));
    one("Functions.dropoutSum(Tensor, Tensor, double)", () -> Functions.dropoutSum(x, y, 0.5));
    one(
        "Functions.packedAttention(Tensor, int, int[], boolean)",
        () -> Functions.packedAttention(threefold, 4, new int[] {100, 28}, true));
    one(
        "Functions.packedAttention(Tensor, Tensor, int, int[], int[])",
        () -> Functions.packedAttention(y, twofold, 4, new int[] {100, 28}, new int[] {28, 100}));
    one("Functions.logSumExp(Tensor)", () -> Functions.logSumExp(x));
    one("Functions.softCap(Tensor, double)", () -> Functions.softCap(x, 2));
    one("Functions.topK(Tensor, int)", () -> Functions.topK(x, 3));
    one(
        "Functions.linearCrossEntropy(Tensor, Tensor, Tensor, double, double, double)",
        () -> Functions.linearCrossEntropy(x, y, ids, 0.1, 0.1, 3));
    one(
        "Functions.recomputed(UnaryOperator, Tensor)",
        () -> Functions.recomputed(in -> in.mul(2).tanh(), recordedHeads));
    none("Functions.norm(List)", () -> Functions.norm(List.of(x, y)));
    one("Functions.orthogonalized(Tensor)", () -> Functions.orthogonalized(x));
    var step = new Functions.AdamWStep(3, 1e-3, 0.9, 0.95, 1e-8, 0.1);
    none(
        "Functions.adamW(Tensor, Tensor, Tensor, Tensor, AdamWStep)",
        () -> Functions.adamW(target, x, first, second, step));
  }

  private void files(Path folder) {
    var file = folder.resolve("x.safetensors");
    none(
        "Safetensors.write(Path, Map, Map)",
        () -> Safetensors.write(file, Map.of("x", x), Map.of("a", "b")));
    table.put("Safetensors.read(Path)", () -> new ArrayList<>(Safetensors.read(file).values()));
    table.put("Safetensors.map(Path)", () -> new ArrayList<>(Safetensors.map(file).values()));
    one(
        "Safetensors.read(SafetensorsFile, String)",
        () -> {
          try (var open = SafetensorsFile.open(file)) {
            return Safetensors.read(open, "x");
          }
        });
  }

  private static Tensor paged() {
    try (var page = KvPage.of(new KvPage.Shape(KvType.FLOAT32, 1, 2, 4), Device.CPU)) {
      return Scope.of(
          () -> {
            var news = Random.normal(0, 1, 3, 2, 4);
            var spans = List.of(new PagedSpan(List.of(page), 0, 3));
            return Functions.attention(news, news, news, spans, 0, AttentionMask.CAUSAL, 0);
          });
    }
  }

  private static Tensor projected() {
    try (var page = KvPage.of(new KvPage.Shape(KvType.FLOAT32, 1, 1, 4), Device.CPU)) {
      return Scope.of(
          () -> {
            var news = Random.normal(0, 1, 3, 16);
            var angles = Random.normal(0, 1, 3, 1, 1);
            return Functions.attention(
                news,
                Optional.of(new RotaryAngles(angles, angles)),
                List.of(new PagedSpan(List.of(page), 0, 3)),
                0,
                AttentionMask.CAUSAL,
                0);
          });
    }
  }
}
