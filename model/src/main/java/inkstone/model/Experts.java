package inkstone.model;

import inkstone.tensor.DType;
import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A mixture of experts (Jiang et al., 2024, section 2.1): the router gives each token shares in all
 * experts, the token goes through those with the largest ones, and their results are added by
 * share. An expert sees its own tokens alone.
 *
 * @param router [width] to [experts]
 * @param chosen how many experts a token goes through
 * @param normalised whether the shares of the chosen ones sum to 1
 */
record Experts(Linear router, List<FeedForward> experts, int chosen, boolean normalised)
    implements FeedForward {

  @Override
  public Tensor forward(Tensor x) {
    long tokens = x.size(0);
    var scores = router.forward(x).to(DType.FLOAT32);
    long[] choices = Functions.topK(scores, chosen).toLongs(); // token t's are t * chosen + i
    var order = new int[choices.length]; // where the result of each choice comes to lie
    var results = new ArrayList<Tensor>();
    int done = 0;
    for (int expert = 0; expert < experts.size(); expert++) {
      int[] own = places(choices, expert);
      if (own.length > 0) {
        for (int place : own) {
          order[place] = done++;
        }
        results.add(experts.get(expert).forward(x.indexSelect(0, rows(own, x))));
      }
    }
    var sorted = results.size() == 1 ? results.getFirst() : Tensor.concat(0, results);
    var byToken = sorted.indexSelect(0, Tensor.of(order, order.length).to(x.device()));
    var shares = Linear.as(shares(scores, choices), x).reshape(tokens, 1, chosen);
    return shares.matmul(byToken.reshape(tokens, chosen, -1)).reshape(tokens, -1);
  }

  private static int[] places(long[] choices, int expert) {
    var places = new int[choices.length];
    int count = 0;
    for (int i = 0; i < choices.length; i++) {
      if (choices[i] == expert) {
        places[count++] = i;
      }
    }
    return java.util.Arrays.copyOf(places, count);
  }

  /** The tokens at these places. */
  private Tensor rows(int[] places, Tensor x) {
    var rows = new int[places.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = places[i] / chosen;
    }
    return Tensor.of(rows, rows.length).to(x.device());
  }

  /** The chosen experts' shares, [tokens, chosen]: of a softmax over all, or over the chosen. */
  private Tensor shares(Tensor scores, long[] choices) {
    var flat = new int[choices.length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = Math.toIntExact(i / chosen * (long) experts.size() + choices[i]);
    }
    var places = Tensor.of(flat, flat.length).to(scores.device());
    var all = normalised ? scores : Functions.softmax(scores);
    var some = all.reshape(-1).indexSelect(0, places).reshape(-1, chosen);
    return normalised ? Functions.softmax(some) : some;
  }
}
