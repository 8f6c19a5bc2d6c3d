package inkstone.model.seq2seq;

import inkstone.model.ModelException;
import inkstone.tensor.Device;
import inkstone.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Texts one behind the other, without padding.
 *
 * @param ids the tokens of all
 * @param lengths the number of tokens of each
 */
public record Packed(int[] ids, int[] lengths) {

  /** Refuses lengths that do not make up the tokens. */
  public Packed {
    if (Arrays.stream(lengths).anyMatch(length -> length < 1)
        || Arrays.stream(lengths).asLongStream().sum() != ids.length
        || ids.length == 0) {
      throw new ModelException(
          "texts of %s tokens do not make up %d; each needs 1 or more"
              .formatted(Arrays.toString(lengths), ids.length));
    }
  }

  /** Packs texts. */
  public static Packed of(List<int[]> texts) {
    return new Packed(
        texts.stream().flatMapToInt(Arrays::stream).toArray(),
        texts.stream().mapToInt(text -> text.length).toArray());
  }

  int longest() {
    return Arrays.stream(lengths).max().orElse(0);
  }

  Tensor tokens(Device device) {
    return Tensor.of(ids, ids.length).to(device);
  }

  /** The place of each token in its text, counted from 0: int64 [tokens]. */
  Tensor positions(Device device) {
    var positions = new int[ids.length];
    int at = 0;
    for (int length : lengths) {
      for (int i = 0; i < length; i++) {
        positions[at++] = i;
      }
    }
    return Tensor.of(positions, positions.length).to(device);
  }
}
