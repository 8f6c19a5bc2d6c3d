package inkstone.tensor;

import inkstone.tensor.PackedAttention.Packing;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** The functions that networks are made of. Shapes are written {@code [rows, columns]}. */
public final class Functions {

  /** The target that {@link #crossEntropy} leaves out. */
  public static final long IGNORED = -100;

  private Functions() {}

  /**
   * {@code x W^T + b}: x [..., in], weight [out, in], bias [out]; gives [..., out]. All of x's
   * type; weights of another are converted, and their gradients back.
   */
  public static Tensor linear(Tensor x, Tensor weight, Optional<Tensor> bias) {
    if (x.rank() == 0
        || weight.rank() != 2
        || x.size(-1) != weight.size(1)
        || bias.filter(b -> b.rank() != 1 || b.size(0) != weight.size(0)).isPresent()
        || !x.alive().is_floating_point()
        || !weight.alive().is_floating_point()) {
      throw new TensorException(
          "linear of %s and %s%s: needs fractions, [..., in], [out, in] and [out]"
              .formatted(x, weight, bias.map(b -> " and " + b).orElse("")));
    }
    if (Kernels.widens(x) || Kernels.multiplies(x)) {
      return kernelLinear(x, weight, bias);
    }
    return Kernels.isHalf(x, weight)
            && x.count() > 0
            && Bfloat16Linear.fits(x.count() / x.size(-1), weight.size(1), weight.size(0))
        ? halfLinear(x, weight, bias)
        : composedLinear(x, weight, bias);
  }

  /**
   * The same with a weight in the blocks of a file; nothing is recorded. On a CPU with the Vector
   * API float32 rows are multiplied in whole numbers: each 32 inputs are rounded to 8 bits and a
   * scale, which is llama.cpp's arithmetic and moves a result by up to {@code sum |w| * max |x| /
   * 254} over each 32. A row's result is the same among any others. Elsewhere products are float32,
   * without such an error.
   *
   * @param weight one above the other, [out, in] together
   */
  public static Tensor linear(Tensor x, List<QuantizedMatrix> weight, Optional<Tensor> bias) {
    return linear(Before.NOTHING, x, weight, bias, Optional.empty());
  }

  /**
   * {@code added + before(x) W^T + b} in one step; see {@link #linear(Tensor, List, Optional)}.
   *
   * @param added of the result's shape and type
   */
  public static Tensor linear(
      Before before,
      Tensor x,
      List<QuantizedMatrix> weight,
      Optional<Tensor> bias,
      Optional<Tensor> added) {
    long out = weight.stream().mapToLong(QuantizedMatrix::rows).sum();
    if (x.rank() == 0
        || weight.isEmpty()
        || weight.stream().anyMatch(part -> part.columns() * before.times() != x.size(-1))
        || bias.filter(b -> b.rank() != 1 || b.size(0) != out).isPresent()
        || added
            .filter(a -> a.dtype() != x.dtype() || a.count() != x.count() / x.size(-1) * out)
            .isPresent()
        || (before instanceof Before.RmsNorm norm && norm.weight().count() != x.size(-1))
        || !x.alive().is_floating_point()) {
      throw new TensorException(
          "linear of %s and %s%s%s: needs fractions, [..., in], [out, in], [out] and [..., out]"
              .formatted(
                  x,
                  weight,
                  bias.map(b -> " and " + b).orElse(""),
                  added.map(a -> " and " + a).orElse("")));
    }
    if (Native.records(x)) {
      throw new TensorException(
          "linear of %s and %s: no gradient goes through quantised weights; widen them, or switch gradients off"
              .formatted(x, weight));
    }
    return new QuantizedLinear(before, x, weight, bias, added).forward();
  }

  static Tensor kernelLinear(Tensor x, Tensor weight, Optional<Tensor> bias) {
    return Scope.of(
        () -> {
          var w = weight.as(DType.FLOAT32);
          var b = bias.map(each -> each.as(DType.FLOAT32));
          var added = b.map(Tensor::alive).orElseGet(org.bytedeco.pytorch.Tensor::new);
          return Native.perform(
              "linear", () -> new CpuLinear(x.alive(), w.alive(), added), inputs(x, w, b));
        });
  }

  static Tensor halfLinear(Tensor x, Tensor weight, Optional<Tensor> bias) {
    var added = bias.map(Tensor::alive).orElseGet(org.bytedeco.pytorch.Tensor::new);
    return Native.perform(
        "linear",
        () -> new Bfloat16Linear(x.alive(), weight.alive(), weight.narrowed(), added),
        inputs(x, weight, bias));
  }

  static Tensor composedLinear(Tensor x, Tensor weight, Optional<Tensor> bias) {
    return Scope.of(
        () -> {
          var w = weight.as(x.dtype());
          var b = bias.map(each -> each.as(x.dtype()));
          return Native.call(
              "linear", () -> torch.linear(x.alive(), w.alive(), optional(b)), inputs(x, w, b));
        });
  }

  /** The rows of weight [n, dim] at ids (int64 [...]); gives [..., dim]. */
  public static Tensor embedding(Tensor weight, Tensor ids) {
    return Native.call(
        "embedding", () -> torch.embedding(weight.alive(), ids.alive()), weight, ids);
  }

  /** The same with a weight in the blocks of a file, one part above the other; float32. */
  public static Tensor embedding(List<QuantizedMatrix> weight, Tensor ids) {
    long rows = weight.stream().mapToLong(QuantizedMatrix::rows).sum();
    long[] places = ids.toLongs();
    for (long id : places) {
      if (id < 0 || id >= rows) {
        throw new TensorException("embedding: there is no id " + id + " among " + rows);
      }
    }
    long[] shape = Arrays.copyOf(ids.shape(), ids.rank() + 1);
    shape[ids.rank()] = weight.getFirst().columns();
    return Native.call("embedding", () -> QuantizedTiles.rows(weight, places).view(shape), ids);
  }

  /** Layer normalisation over the last dimension (Ba et al., 2016, formula 4). */
  public static Tensor layerNorm(Tensor x, Tensor weight, Optional<Tensor> bias, double epsilon) {
    return Native.call(
        "layerNorm",
        () ->
            torch.layer_norm(
                x.alive(),
                new long[] {x.size(-1)},
                new TensorOptional(weight.alive()),
                optional(bias),
                epsilon,
                false),
        inputs(x, weight, bias));
  }

  /**
   * Root-mean-square normalisation over the last dimension (Zhang and Sennrich, 2019, formula 4).
   */
  public static Tensor rmsNorm(Tensor x, Tensor weight, double epsilon) {
    return Kernels.take(x, weight)
            && x.rank() > 0
            && weight.rank() == 1
            && weight.count() == x.size(-1)
            && RowNorm.fits(x.size(-1))
        ? kernelRmsNorm(x, weight, epsilon)
        : composedRmsNorm(x, weight, epsilon);
  }

  private static Tensor kernelRmsNorm(Tensor x, Tensor weight, double epsilon) {
    return x.size(0) == 1
            && x.rank() == 2
            && !Native.records(x, weight)
            && x.alive().is_contiguous()
        ? Native.call("rmsNorm", () -> RowNorm.one(x.alive(), weight.alive(), epsilon))
        : Native.perform(
            "rmsNorm", () -> new RowNorm(x.alive(), weight.alive(), epsilon), x, weight);
  }

  static Tensor composedRmsNorm(Tensor x, Tensor weight, double epsilon) {
    return Native.call(
        "rmsNorm",
        () ->
            torch.rms_norm(
                x.alive(),
                new long[] {x.size(-1)},
                new TensorOptional(weight.alive()),
                new DoubleOptional(epsilon)),
        x,
        weight);
  }

  /**
   * Rotary positions (Su et al., 2021, formula 34), in the layout of Hugging Face: number i of the
   * first half of a head is turned with number i of the second.
   *
   * @param x [tokens, heads, dim], dim even
   * @param cos [tokens, 1, dim / 2], of x's type
   * @param sin the same
   */
  public static Tensor rotary(Tensor x, Tensor cos, Tensor sin) {
    return rotary(x, cos, sin, x.rank() == 3 ? x.size(1) : 0);
  }

  /**
   * The same of the first heads of each token; the others stay as they are.
   *
   * @param heads how many are turned
   */
  public static Tensor rotary(Tensor x, Tensor cos, Tensor sin, long heads) {
    long[] angles = {x.rank() == 3 ? x.size(0) : -1, 1, x.size(-1) / 2};
    if (x.rank() != 3
        || x.size(2) % 2 != 0
        || heads > x.size(1)
        || heads < 0
        || !Arrays.equals(cos.shape(), angles)
        || !Arrays.equals(sin.shape(), angles)) {
      throw new TensorException(
          "rotary of %d heads of %s by %s and %s: needs [tokens, heads, dim] and [tokens, 1, dim / 2]"
              .formatted(heads, x, cos, sin));
    }
    return Kernels.take(x, cos, sin) && !Native.records(cos, sin)
        ? Native.perform(
            "rotary", () -> new Turn(x.alive(), cos.alive(), sin.alive(), (int) heads), x)
        : composedRotary(x, cos, sin, heads);
  }

  static Tensor composedRotary(Tensor x, Tensor cos, Tensor sin, long heads) {
    return Scope.of(
        () -> {
          long half = x.size(2) / 2;
          var turned = x.narrow(1, 0, heads);
          var first = turned.narrow(2, 0, half);
          var second = turned.narrow(2, half, half);
          var both =
              Tensor.concat(
                  2,
                  List.of(
                      first.mul(cos).sub(second.mul(sin)), second.mul(cos).add(first.mul(sin))));
          return heads == x.size(1)
              ? both
              : Tensor.concat(1, List.of(both, x.narrow(1, heads, x.size(1) - heads)));
        });
  }

  /** The Gaussian error linear unit in its tanh form (Hendrycks and Gimpel, 2016, section 2). */
  public static Tensor geluTanh(Tensor x) {
    return Kernels.take(x) && Gelu.fits(x.count())
        ? Native.perform("geluTanh", () -> new Gelu(x.alive()), x)
        : composedGeluTanh(x);
  }

  static Tensor composedGeluTanh(Tensor x) {
    return Native.call("geluTanh", () -> torch.gelu(x.alive(), "tanh"), x);
  }

  /** The exact Gaussian error linear unit, {@code x Phi(x)}. */
  public static Tensor gelu(Tensor x) {
    return Native.call("gelu", () -> torch.gelu(x.alive()), x);
  }

  /** {@code max(x, 0)}. */
  public static Tensor relu(Tensor x) {
    return Native.call("relu", () -> torch.relu(x.alive()), x);
  }

  /** {@code x sigmoid(x)}. */
  public static Tensor silu(Tensor x) {
    return Native.call("silu", () -> torch.silu(x.alive()), x);
  }

  /**
   * {@code silu(gate) up} (Shazeer, 2020, formula 6).
   *
   * @param both [rows, 2 width], gate and up side by side
   * @return [rows, width]
   */
  public static Tensor swiGlu(Tensor both) {
    if (both.rank() != 2 || both.size(1) % 2 != 0) {
      throw new TensorException("swiGlu of " + both + ": needs [rows, 2 width]");
    }
    return Kernels.take(both) && SwiGlu.fits(both.size(1) / 2)
        ? Native.perform("swiGlu", () -> new SwiGlu(both.alive()), both)
        : composedSwiGlu(both);
  }

  static Tensor composedSwiGlu(Tensor both) {
    long width = both.size(1) / 2;
    return Scope.of(() -> silu(both.narrow(1, 0, width)).mul(both.narrow(1, width, width)));
  }

  /** Each row of the last dimension as probabilities that sum to 1. */
  public static Tensor softmax(Tensor x) {
    return Native.call("softmax", () -> torch.softmax(x.alive(), -1), x);
  }

  /** The logarithm of {@link #softmax}, in float32. */
  public static Tensor logSoftmax(Tensor x) {
    return Native.call(
        "logSoftmax",
        () -> torch.log_softmax(x.alive(), -1, new ScalarTypeOptional(Native.type(DType.FLOAT32))),
        x);
  }

  /** The logarithm of the sum of the exponentials of each row of the last dimension. */
  public static Tensor logSumExp(Tensor x) {
    return Kernels.take(x) && x.rank() > 0 && x.count() > 0 && !Native.records(x)
        ? Native.call("logSumExp", () -> LogSumExp.of(x.alive().contiguous()), x)
        : composedLogSumExp(x);
  }

  static Tensor composedLogSumExp(Tensor x) {
    return Native.call("logSumExp", () -> torch.logsumexp(x.alive(), -1L), x);
  }

  /** Zeroes each element with probability {@code p} and scales the rest by 1 / (1 - p). */
  public static Tensor dropout(Tensor x, double p) {
    checkProbability(p);
    return p == 0 ? x : Native.call("dropout", () -> torch.dropout(x.alive(), p, true), x);
  }

  /**
   * {@code x + dropout(y)}: what a network with residual sums does after each of its parts.
   *
   * @param x of y's shape and type
   */
  public static Tensor dropoutSum(Tensor x, Tensor y, double p) {
    checkProbability(p);
    if (p == 0) {
      return x.add(y);
    }
    return Kernels.take(x, y) && Arrays.equals(x.shape(), y.shape()) && DropoutSum.fits(x.count())
        ? Native.perform("dropoutSum", () -> new DropoutSum(x.alive(), y.alive(), p), x, y)
        : composedDropoutSum(x, y, p);
  }

  static Tensor composedDropoutSum(Tensor x, Tensor y, double p) {
    return Scope.of(() -> x.add(dropout(y, p)));
  }

  /**
   * The mean over rows of the negative log-probability of the target, in nats, computed in float32.
   *
   * @param logits [rows, classes]
   * @param targets int64 [rows]; rows whose target is {@link #IGNORED} do not count
   */
  public static Tensor crossEntropy(Tensor logits, Tensor targets) {
    try (var scope = Scope.open()) {
      var precise = logits.to(DType.FLOAT32);
      return scope.out(
          Native.call(
              "crossEntropy",
              () -> torch.cross_entropy_loss(precise.alive(), targets.alive()),
              precise,
              targets));
    }
  }

  /**
   * {@link #crossEntropy} of {@code x W^T}, without ever holding all logits.
   *
   * @param x [rows, in]
   * @param weight [classes, in], of x's type or float32
   * @param targets int64 [rows]; rows whose target is {@link #IGNORED} do not count
   * @param smoothing the part of each target's probability that is spread evenly over all classes
   *     (Szegedy et al., 2016, section 7), 0 to less than 1
   * @param zLoss weighs the square of the logarithm of the softmax's normaliser (Chowdhery et al.,
   *     2022, section 5); 0 for none
   */
  public static Tensor linearCrossEntropy(
      Tensor x, Tensor weight, Tensor targets, double smoothing, double zLoss) {
    return linearCrossEntropy(x, weight, targets, smoothing, zLoss, 0);
  }

  /**
   * The same of {@linkplain #softCap capped} logits.
   *
   * @param cap what no logit reaches; 0 for none
   */
  public static Tensor linearCrossEntropy(
      Tensor x, Tensor weight, Tensor targets, double smoothing, double zLoss, double cap) {
    checkCap(cap);
    return linearCrossEntropy(
        x, weight, targets, new ChunkedCrossEntropy.Settings(smoothing, zLoss, cap, 0));
  }

  static Tensor linearCrossEntropy(
      Tensor x, Tensor weight, Tensor targets, ChunkedCrossEntropy.Settings settings) {
    if (x.rank() != 2
        || weight.rank() != 2
        || x.size(1) != weight.size(1)
        || targets.rank() != 1
        || targets.size(0) != x.size(0)
        || targets.dtype() != DType.INT64
        || (weight.dtype() != x.dtype() && weight.dtype() != DType.FLOAT32)) {
      throw new TensorException(
          "linearCrossEntropy of %s with %s and targets %s: needs [rows, in], [classes, in] of the same type or FLOAT32, and INT64[rows]"
              .formatted(x, weight, targets));
    }
    if (!(settings.smoothing() >= 0 && settings.smoothing() < 1) || !(settings.zLoss() >= 0)) {
      throw new TensorException(
          "linearCrossEntropy: a smoothing of %s is not in [0, 1), or a z-loss of %s is below 0"
              .formatted(settings.smoothing(), settings.zLoss()));
    }
    boolean learns = Native.records(x, weight);
    return Native.perform(
        "linearCrossEntropy",
        () ->
            new ChunkedCrossEntropy(
                x.alive(),
                weight.alive(),
                targets.alive(),
                settings,
                learns,
                Kernels.widens(x),
                Kernels.take(x)),
        x,
        weight,
        targets);
  }

  /**
   * Scaled dot-product attention (Vaswani et al., 2017, formula 1), with grouped heads (Ainslie et
   * al., 2023). On a CPU, with gradients or masks, memory grows with the length, not its square.
   *
   * @param query [batch, heads, queries, dim]
   * @param key [batch, key heads, keys, dim]; query heads {@code i G} to {@code (i + 1) G - 1} look
   *     at key head i, where G = heads / key heads
   * @param value of the key's shape
   * @param mask which keys a query sees
   * @param dropout the probability of leaving out an attention weight; 0 outside training
   * @return [batch, heads, queries, dim]
   */
  public static Tensor attention(
      Tensor query, Tensor key, Tensor value, AttentionMask mask, double dropout) {
    return attention(query, key, value, mask, dropout, 0);
  }

  /**
   * The same with {@linkplain #softCap capped} scores.
   *
   * @param cap what no score reaches; 0 for none
   */
  public static Tensor attention(
      Tensor query, Tensor key, Tensor value, AttentionMask mask, double dropout, double cap) {
    checkProbability(dropout);
    checkCap(cap);
    return AttentionPaths.attention(query, key, value, mask, dropout, cap);
  }

  /**
   * The same where queries, keys and values of sequences of one length lie beside each other, as a
   * projection makes them; so does their gradient.
   *
   * @param all [sequences * length, heads + 2 key heads, dim]: of each token its queries, keys and
   *     values
   * @return [sequences * length, heads * dim]
   */
  public static Tensor attention(
      Tensor all, int heads, long sequences, AttentionMask mask, double dropout, double cap) {
    checkProbability(dropout);
    checkCap(cap);
    return AttentionPaths.attention(all, heads, sequences, mask, dropout, cap);
  }

  /**
   * The same for the newest tokens of several sequences whose keys and values lie in pages: those
   * that are new are put there first. Not recorded for backward.
   *
   * @param query [tokens, heads, dim], the spans one after the other
   * @param key [tokens, key heads, dim]
   * @param value of the key's shape
   * @param layer whose part of the pages it is
   * @param mask which keys of its own sequence a query sees; no documents
   * @param cap what no score reaches; 0 for none
   * @return [tokens, heads * dim]
   */
  public static Tensor attention(
      Tensor query,
      Tensor key,
      Tensor value,
      List<PagedSpan> spans,
      int layer,
      AttentionMask mask,
      double cap) {
    checkCap(cap);
    return PagedAttention.attention(query, key, value, spans, layer, mask, cap);
  }

  /**
   * The same from the projection of each token, whose queries and keys are turned first.
   *
   * @param projected [tokens, (heads + 2 key heads) dim]: queries, keys and values side by side, in
   *     heads as the pages have them
   * @param angles by which queries and keys are turned; empty where they are not
   * @return [tokens, heads * dim]
   */
  public static Tensor attention(
      Tensor projected,
      Optional<RotaryAngles> angles,
      List<PagedSpan> spans,
      int layer,
      AttentionMask mask,
      double cap) {
    checkCap(cap);
    return new ProjectedAttention(projected, angles, spans, layer, mask, cap).forward();
  }

  /**
   * The same for packed sequences of unequal lengths, one behind the other without padding: each
   * one's queries over its own keys. No dropout, no grouped heads.
   *
   * @param queries [tokens, width]
   * @param keysValues [keys, 2 width], keys and values side by side
   * @param heads into which width parts
   * @param lengths the number of queries of each sequence
   * @param keyLengths the number of keys of each
   * @return [tokens, width]
   */
  public static Tensor packedAttention(
      Tensor queries, Tensor keysValues, int heads, int[] lengths, int[] keyLengths) {
    long width = queries.rank() == 2 ? queries.size(1) : -1;
    return packedAttention(
        queries, keysValues, width, 2 * width, Packing.of(heads, lengths, keyLengths, false));
  }

  /**
   * Packed sequences over themselves.
   *
   * @param projected [tokens, 3 width]: queries, keys and values side by side
   * @param heads into which width parts
   * @param lengths the number of tokens of each sequence
   * @param causal whether a token sees none that comes after it
   * @return [tokens, width]
   */
  public static Tensor packedAttention(Tensor projected, int heads, int[] lengths, boolean causal) {
    long width = projected.rank() == 2 && projected.size(1) % 3 == 0 ? projected.size(1) / 3 : -1;
    return packedAttention(
        projected, projected, width, 3 * width, Packing.of(heads, lengths, lengths, causal));
  }

  private static Tensor packedAttention(
      Tensor queries, Tensor keysValues, long width, long keyRow, Packing packing) {
    if (!packing.fits()
        || width < 1
        || width % packing.heads() != 0
        || keysValues.rank() != 2
        || keysValues.size(1) != keyRow
        || queries.size(0) != packing.allQueries()
        || keysValues.size(0) != packing.allKeys()
        || queries.dtype() != keysValues.dtype()) {
      throw new TensorException(
          "packedAttention of %s over %s in %d heads: %d sequences of %d queries and %d keys do not fit them"
              .formatted(
                  queries,
                  keysValues,
                  packing.heads(),
                  packing.count(),
                  packing.allQueries(),
                  packing.allKeys()));
    }
    return Kernels.take(queries, keysValues)
            && packing.count() > 0
            && PackedKernel.fits(width / packing.heads())
        ? Native.perform(
            "packedAttention",
            () -> new PackedAttention(queries.alive(), keysValues.alive(), packing),
            queries == keysValues ? new Tensor[] {queries} : new Tensor[] {queries, keysValues})
        : PackedAttention.composed(queries, keysValues, packing);
  }

  /** {@code cap tanh(x / cap)}: between -cap and cap (Gemma Team, 2024, section 2); 0 for x. */
  public static Tensor softCap(Tensor x, double cap) {
    checkCap(cap);
    return cap == 0 ? x : Scope.of(() -> x.mul(1 / cap).tanh().mul(cap));
  }

  private static void checkCap(double cap) {
    if (!(cap >= 0) || Double.isInfinite(cap)) {
      throw new TensorException("a cap of " + cap + ": give a positive number, or 0 for none");
    }
  }

  /**
   * The places of the {@code count} largest elements of each row, the largest first; where two are
   * equal, either.
   *
   * @param x [rows, columns]
   * @return int64 [rows, count]
   */
  public static Tensor topK(Tensor x, int count) {
    if (x.rank() != 2 || count < 1 || count > x.size(1)) {
      throw new TensorException(
          "topK of %s: needs [rows, columns] and 1 to all columns, not %d".formatted(x, count));
    }
    // What get1 gives belongs to the pair, which goes when the call ends.
    return Native.call(
        "topK",
        () -> new org.bytedeco.pytorch.Tensor(torch.topk(x.alive().detach(), count).get1()),
        x);
  }

  /** The Euclidean length of all elements of all tensors, in float32. */
  public static double norm(List<Tensor> tensors) {
    if (tensors.isEmpty()) {
      return 0;
    }
    try (var scope = Scope.open()) {
      var lengths =
          tensors.stream()
              .map(t -> t.dtype().bytes() < 4 ? t.to(DType.FLOAT32) : t)
              .map(t -> Native.call("norm", () -> t.alive().norm(new Scalar(2.0)), t).reshape(1))
              .toList();
      var all = Tensor.concat(0, lengths);
      return Native.call("norm", () -> all.alive().norm(new Scalar(2.0)), all).item();
    }
  }

  /**
   * One step of AdamW for one tensor.
   *
   * @param number the step, counted from 1
   * @param weightDecay how much of the weight goes at a learning rate of 1
   */
  public record AdamWStep(
      long number,
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay) {}

  /**
   * Changes weight and moments in place (Loshchilov and Hutter, 2019, algorithm 2, with the
   * schedule inside the learning rate). All have one shape and type.
   */
  public static void adamW(
      Tensor weight, Tensor gradient, Tensor first, Tensor second, AdamWStep step) {
    for (var other : List.of(gradient, first, second)) {
      if (!Arrays.equals(other.shape(), weight.shape())
          || other.dtype() != weight.dtype()
          || !other.device().equals(weight.device())) {
        throw new TensorException(
            "adamW of %s with %s, %s and %s: all need one shape, type and device"
                .formatted(weight, gradient, first, second));
      }
    }
    for (var changed : List.of(weight, first, second)) {
      if (!changed.alive().is_contiguous()) {
        throw new TensorException("adamW: " + changed + " does not lie row by row in memory");
      }
    }
    if (!weight.alive().is_floating_point()) {
      throw new TensorException("adamW of " + weight + ": needs a floating-point type");
    }
    if (step.number() < 1) {
      throw new TensorException("adamW: steps are counted from 1, not " + step.number());
    }
    Native.run(
        "adamW",
        () ->
            Operators.adamW(
                weight.alive().detach(),
                gradient.alive().contiguous(),
                first.alive(),
                second.alive(),
                step),
        weight,
        gradient);
  }

  /**
   * A matrix with the singular vectors of this one and singular values near 1 (about 0.7 to 1.2;
   * those below a thousandth of the matrix's norm stay smaller), by five Newton-Schulz steps in its
   * own type (Jordan et al., 2024).
   *
   * @param matrix [rows, columns]
   */
  public static Tensor orthogonalized(Tensor matrix) {
    if (matrix.rank() != 2 || !matrix.alive().is_floating_point()) {
      throw new TensorException("orthogonalized of " + matrix + ": needs a matrix of fractions");
    }
    return Native.call(
        "orthogonalized",
        () -> {
          var own = matrix.alive().detach();
          return Kernels.widens(matrix)
              ? NewtonSchulz.of(own.to(Native.type(DType.FLOAT32))).to(own.scalar_type())
              : NewtonSchulz.of(own);
        },
        matrix);
  }

  /**
   * {@code body(x)}, of which nothing but x is kept for backward, which computes it once more:
   * memory for time (Chen et al., 2016).
   *
   * @param body of x and of weights that stay where they are until backward; it must give a new
   *     tensor
   */
  public static Tensor recomputed(UnaryOperator<Tensor> body, Tensor x) {
    return Native.records(x)
        ? Native.perform("recomputed", () -> new Recomputed(body, x.alive()), x)
        : body.apply(x);
  }

  private static void checkProbability(double dropout) {
    if (!(dropout >= 0 && dropout < 1)) {
      throw new TensorException("dropout " + dropout + " is not in [0, 1)");
    }
  }

  private static Tensor[] inputs(Tensor x, Tensor weight, Optional<Tensor> bias) {
    return bias.map(b -> new Tensor[] {x, weight, b}).orElseGet(() -> new Tensor[] {x, weight});
  }

  private static TensorOptional optional(Optional<Tensor> tensor) {
    return tensor.map(t -> new TensorOptional(t.alive())).orElseGet(TensorOptional::new);
  }
}
