package inkstone.model;

/**
 * How the matrices of a network's linear layers are rounded to whole numbers.
 *
 * @param bits 8 or 4
 * @param group inputs that share a scale: 32, 64 or 128; 0 for all that lead to one output
 */
public record WeightScheme(int bits, int group) {

  /** 8 bits, a scale for each output. */
  public static final WeightScheme INT8 = new WeightScheme(8, 0);

  /** Refuses what there are no products for. */
  public WeightScheme {
    if ((bits != 8 && bits != 4) || (group != 0 && group != 32 && group != 64 && group != 128)) {
      throw new ModelException(
          "weights of %d bits with a scale for each %d: give 8 or 4 bits, and groups of 32, 64, 128 or 0 for one"
              .formatted(bits, group));
    }
  }

  /** 4 bits, a scale for each {@code group} inputs. */
  public static WeightScheme int4(int group) {
    return new WeightScheme(4, group);
  }

  /** The columns of a matrix that share a scale. */
  int columns(long all) {
    return group == 0 ? Math.toIntExact(all) : group;
  }
}
