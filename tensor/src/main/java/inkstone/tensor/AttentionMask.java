package inkstone.tensor;

import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;

/**
 * Which keys a query sees. Queries are the last of the keys' positions.
 *
 * @param causal none that comes after it
 * @param window of those before it, only the last ones, itself among them; 0 for all
 * @param documents int64 [batch, keys]: only keys with its own number, so that documents that share
 *     a row, or padding, do not see each other
 */
public record AttentionMask(boolean causal, int window, Optional<Tensor> documents) {

  /** Every query sees every key. */
  public static final AttentionMask NONE = new AttentionMask(false, 0, Optional.empty());

  /** No query sees a later key. */
  public static final AttentionMask CAUSAL = new AttentionMask(true, 0, Optional.empty());

  /** Checks that a window looks back from somewhere. */
  public AttentionMask {
    if (window < 0 || (window > 0 && !causal)) {
      throw new TensorException(
          "attention window " + window + ": it is 0 or more, and needs a causal mask");
    }
  }

  /** This mask with a window. */
  public AttentionMask window(int keys) {
    return new AttentionMask(causal, keys, documents);
  }

  /** This mask with documents. */
  public AttentionMask documents(Tensor numbers) {
    return new AttentionMask(causal, window, Optional.of(numbers));
  }

  /**
   * What is hidden: bool [1 or batch, 1, rows, high - low]; empty where nothing is.
   *
   * @param queries how many there are in all
   * @param at the first query looked at
   * @param rows how many are looked at
   * @param low the first key looked at
   * @param high the key after the last one looked at
   */
  Optional<Tensor> hidden(
      long queries, long at, long rows, long low, long high, long keys, Device device) {
    if (!causal && documents.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        Native.call(
            "mask",
            () -> {
              long first = at + keys - queries;
              var options = Native.options(DType.INT64, device);
              var own =
                  torch.arange(new Scalar(first), new Scalar(first + rows), options).unsqueeze(1);
              var all = torch.arange(new Scalar(low), new Scalar(high), options);
              var hidden = causal ? all.gt(own) : all.lt(new Scalar(0)).unsqueeze(0);
              if (window > 0) {
                hidden = hidden.logical_or(all.le(own.sub(new Scalar(window))));
              }
              if (documents.isPresent()) {
                var numbers = documents.get().alive();
                hidden =
                    hidden.logical_or(
                        numbers
                            .narrow(1, first, rows)
                            .unsqueeze(-1)
                            .ne(numbers.narrow(1, low, high - low).unsqueeze(1))
                            .unsqueeze(1));
              }
              return hidden;
            }));
  }

  void check(Tensor query, Tensor key) {
    if (causal && query.size(2) > key.size(2)) {
      throw new TensorException("causal attention of " + query + " over fewer keys: " + key);
    }
    documents.ifPresent(
        numbers -> {
          if (numbers.rank() != 2
              || numbers.size(0) != key.size(0)
              || numbers.size(1) != key.size(2)
              || query.size(2) > key.size(2)) {
            throw new TensorException(
                "documents %s of %s over %s: one number is needed for each key, and no more queries than keys"
                    .formatted(numbers, query, key));
          }
        });
  }

  /** Whether it hides nothing but later keys, if those. */
  boolean isPlain() {
    return window == 0 && documents.isEmpty();
  }

  /** The first key that any of the queries from {@code position} on may see. */
  long firstKey(long position) {
    return window == 0 ? 0 : Math.max(0, position - window + 1);
  }
}
