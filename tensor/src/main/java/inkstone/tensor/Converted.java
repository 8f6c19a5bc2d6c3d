package inkstone.tensor;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A tensor in another type, converted once after each change of it: weights that stay while a batch
 * is computed in several parts, or a text is written token by token, are read in full only once.
 */
final class Converted implements AutoCloseable {

  private @Nullable Tensor copy;
  private long version;

  /** The elements of {@code source} in {@code type}, in memory that is not its own. */
  Tensor of(Tensor source, DType type) {
    var known = copy;
    var wanted = Native.type(type);
    // libtorch counts the changes of a tensor's memory, whichever handle they come by.
    if (known == null
        || version != source._version()
        || known.scalar_type().intern() != wanted
        || known.is_cuda() != source.is_cuda()) {
      close();
      known = source.detach().to(wanted);
      known.retainReference();
      copy = known;
      version = source._version();
    }
    return known;
  }

  @Override
  public void close() {
    if (copy != null) {
      copy.close(); // the memory stays while a record still needs it
      copy = null;
    }
  }

  /** The conversion as a recorded step: its gradient goes to the source, in the source's type. */
  static final class Cast extends Operation {
    private final Tensor source;
    private final Tensor converted;

    Cast(Tensor source, Tensor converted) {
      this.source = hold(source);
      this.converted = hold(converted);
    }

    @Override
    Tensor forward() {
      return converted.detach();
    }

    @Override
    void backward(Tensor gradient) {
      add(source, gradient.to(source.scalar_type()));
    }
  }
}
