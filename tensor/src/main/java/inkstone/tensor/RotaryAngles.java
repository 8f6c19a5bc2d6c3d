package inkstone.tensor;

import java.util.List;

/**
 * What turns queries and keys by their positions ({@link Functions#rotary}).
 *
 * @param cos of the angles, [tokens, 1, turned numbers of a head / 2]
 * @param sin the same
 */
public record RotaryAngles(Tensor cos, Tensor sin) {

  /** Turns every head of x [tokens, heads, dim], or as much of it as there are angles for. */
  public Tensor turn(Tensor x) {
    return turn(x, x.size(1));
  }

  /** The same of the first heads of each token; the others stay as they are. */
  public Tensor turn(Tensor x, long heads) {
    long turned = 2 * cos.size(-1);
    return turned == x.size(2)
        ? Functions.rotary(x, cos, sin, heads)
        : Scope.of(
            () ->
                Tensor.concat(
                    2,
                    List.of(
                        Functions.rotary(x.narrow(2, 0, turned), cos, sin, heads),
                        x.narrow(2, turned, x.size(2) - turned))));
  }
}
