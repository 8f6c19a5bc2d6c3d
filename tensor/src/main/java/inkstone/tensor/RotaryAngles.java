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
    long turned = 2 * cos.size(-1);
    return turned == x.size(2)
        ? Functions.rotary(x, cos, sin)
        : Scope.of(
            () ->
                Tensor.concat(
                    2,
                    List.of(
                        Functions.rotary(x.narrow(2, 0, turned), cos, sin),
                        x.narrow(2, turned, x.size(2) - turned))));
  }
}
