package inkstone.tensor;

/** What is done to each row of inputs on its way into a product with a quantised weight. */
public sealed interface Before {

  /** Nothing. */
  Before NOTHING = new Nothing();

  /** {@link Functions#swiGlu}: [rows, 2 in] to [rows, in]. */
  Before SWIGLU = new SwiGlu();

  /** The same as a step of its own. */
  Tensor apply(Tensor x);

  /** How many inputs a row has for each that the product sees. */
  default int times() {
    return 1;
  }

  /** Nothing. */
  record Nothing() implements Before {
    @Override
    public Tensor apply(Tensor x) {
      return x;
    }
  }

  /** {@link Functions#rmsNorm}. */
  record RmsNorm(Tensor weight, double epsilon) implements Before {
    @Override
    public Tensor apply(Tensor x) {
      return Functions.rmsNorm(x, weight, epsilon);
    }
  }

  /** {@link Functions#swiGlu}. */
  record SwiGlu() implements Before {
    @Override
    public Tensor apply(Tensor x) {
      return Functions.swiGlu(x);
    }

    @Override
    public int times() {
      return 2;
    }
  }
}
