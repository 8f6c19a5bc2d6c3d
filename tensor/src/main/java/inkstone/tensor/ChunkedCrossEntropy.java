package inkstone.tensor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Output head and cross-entropy in one: the logits of some rows at a time, turned into their own
 * gradient on the spot, so that there is never a [rows, classes] tensor. The loss is one number,
 * whose gradient only scales what forward has worked out already.
 */
final class ChunkedCrossEntropy extends Operation {

  /** Elements of the logits that exist at one time, a compromise of memory and speed. */
  private static final long ELEMENTS = 1 << 24;

  private static final long FEWEST_ROWS = 256;

  private final Tensor x; // [rows, in]
  private final Tensor weight; // [classes, in], float32 or of x's type
  private final Tensor targets; // [rows]
  private final Settings settings;
  private final boolean learns;
  private final ScalarType multiplied;
  private final long rows;

  /** The gradients for a gradient of 1, where any is wanted. */
  private final Tensor xGradient;

  private final Tensor weightGradient;

  /**
   * @param smoothing the part of the target's probability that is spread over all classes
   * @param zLoss weighs the square of the logarithm of the normaliser
   * @param cap what no logit reaches; 0 for none
   * @param rows of one chunk; 0 for as many as suit
   */
  record Settings(double smoothing, double zLoss, double cap, long rows) {}

  /**
   * @param widens whether the products are in float32
   */
  ChunkedCrossEntropy(
      Tensor x, Tensor weight, Tensor targets, Settings settings, boolean learns, boolean widens) {
    multiplied = widens ? ScalarType.Float : x.scalar_type();
    this.x = hold(x);
    this.weight = hold(weight);
    this.targets = hold(targets);
    this.settings = settings;
    this.learns = learns;
    rows =
        settings.rows() > 0
            ? settings.rows()
            : Math.max(FEWEST_ROWS, ELEMENTS / Math.max(1, weight.size(0)));
    xGradient = learns ? hold(torch.empty_like(x.detach())) : new Tensor();
    weightGradient = learns ? hold(torch.zeros_like(weight.detach())) : new Tensor();
  }

  @Override
  Tensor forward() {
    var w = weight.detach().to(multiplied);
    var counted = targets.ne(new Scalar(Functions.IGNORED));
    long count = counted.sum().item_long();
    boolean kernel =
        Kernels.AVAILABLE
            && !x.is_cuda()
            && multiplied.intern() == ScalarType.Float
            && settings.cap() == 0;
    var total =
        torch
            .zeros(new long[0], Native.options(DType.FLOAT64, Device.CPU))
            .to(x.device(), ScalarType.Double);
    for (long at = 0; at < x.size(0); at += rows) {
      long some = Math.min(rows, x.size(0) - at);
      try (var temporaries = new PointerScope()) {
        if (kernel) {
          total.add_(new Scalar(kernelChunk(w, at, some, count)));
        } else {
          total.add_(chunk(w, counted.narrow(0, at, some), at, some, count));
        }
      }
    }
    return total.div_(new Scalar((double) count)).to(precise(x));
  }

  /** The sum of the losses of some rows, by a kernel of ours. */
  private double kernelChunk(Tensor w, long at, long some, long count) {
    var input = x.detach().narrow(0, at, some).to(multiplied);
    var logits = product(input, w);
    long[] target = longs(targets.narrow(0, at, some));
    var rows =
        new CrossEntropyRows(
            Math.toIntExact(w.size(0)), settings.smoothing(), settings.zLoss());
    double sum = rows.sum(Numbers.of(logits), target, learns);
    if (learns) {
      gather(logits, input, w, at, new Scalar(1.0 / count));
    }
    return sum;
  }

  private static long[] longs(Tensor x) {
    return Native.memory(x.contiguous()).toArray(java.lang.foreign.ValueLayout.JAVA_LONG);
  }

  /** The sum of the losses of some rows. */
  private Tensor chunk(Tensor w, Tensor counted, long at, long some, long count) {
    var input = x.detach().narrow(0, at, some).to(multiplied);
    var target =
        targets.narrow(0, at, some).masked_fill(counted.logical_not(), new Scalar(0L)).unsqueeze(1);
    var product = product(input, w);
    var logits = capped(product.to(precise(x)));
    var slope = learns && settings.cap() > 0 ? slope(logits) : logits;
    var logs = logits.log_softmax(-1);
    var targetLog = logs.gather(1, target);
    var normaliser = logits.gather(1, target).sub_(targetLog); // log sum exp
    logits.close();
    product.close();
    double smoothing = settings.smoothing();
    var loss = targetLog.mul(new Scalar(smoothing - 1));
    if (smoothing > 0) {
      loss.sub_(logs.mean(new long[] {1}, true, new ScalarTypeOptional()), new Scalar(smoothing));
    }
    loss.add_(normaliser.mul(normaliser), new Scalar(settings.zLoss()));
    if (learns) {
      learn(logs.exp_(), normaliser, counted, target, input, w, at, count, slope);
    }
    return loss.masked_fill_(counted.logical_not().unsqueeze(1), new Scalar(0.0)).sum();
  }

  private Tensor capped(Tensor logits) {
    var cap = new Scalar(settings.cap());
    return settings.cap() == 0 ? logits : logits.div(cap).tanh_().mul_(cap);
  }

  /** How fast capped logits follow what they cap: {@code 1 - tanh^2}. */
  private Tensor slope(Tensor capped) {
    return capped.div(new Scalar(settings.cap())).square_().neg_().add_(new Scalar(1.0));
  }

  /** From probabilities to the gradients. */
  private void learn(
      Tensor probabilities,
      Tensor normaliser,
      Tensor counted,
      Tensor target,
      Tensor input,
      Tensor w,
      long at,
      long count,
      Tensor slope) {
    var d = probabilities;
    if (settings.zLoss() > 0) {
      d.mul_(normaliser.mul_(new Scalar(2 * settings.zLoss())).add_(new Scalar(1.0)));
    }
    if (settings.smoothing() > 0) {
      d.sub_(new Scalar(settings.smoothing() / d.size(1)));
    }
    var one = torch.full_like(normaliser, new Scalar(settings.smoothing() - 1));
    d.scatter_add_(1, target, one);
    d.masked_fill_(counted.logical_not().unsqueeze(1), new Scalar(0.0));
    if (settings.cap() > 0) {
      d.mul_(slope);
    }
    gather(d.to(multiplied), input, w, at, new Scalar(1.0 / count));
  }

  /** From the slopes of some rows' logits to those of what they were made of. */
  private void gather(Tensor narrow, Tensor input, Tensor w, long at, Scalar factor) {
    xGradient.narrow(0, at, input.size(0)).copy_(product(narrow, w.t()).mul_(factor));
    if (weightGradient.scalar_type() == narrow.scalar_type()) {
      weightGradient.addmm_(narrow.t(), input, new Scalar(1.0), factor);
    } else {
      weightGradient.add_(torch.mm(narrow.t(), input), factor);
    }
  }

  /** {@code x W^T}. */
  private static Tensor product(Tensor x, Tensor w) {
    return !x.is_cuda() && x.scalar_type().intern() == ScalarType.Float
        ? Operators.linear(x, w, new Tensor())
        : x.mm(w.t());
  }

  private static ScalarType precise(Tensor x) {
    return x.scalar_type().intern() == ScalarType.Double ? ScalarType.Double : ScalarType.Float;
  }

  @Override
  void backward(Tensor gradient) {
    double factor = gradient.item_double();
    if (factor != 1) {
      xGradient.mul_(new Scalar(factor));
      weightGradient.mul_(new Scalar(factor));
    }
    add(x, xGradient);
    add(weight, weightGradient);
  }
}
