package inkstone.words;

/**
 * Draws numbers by their weights with two look-ups (Walker, 1977; Vose, 1991). The tables of the
 * first word2vec hold each word some thousand times and fill 400 MB; these hold it once and stay in
 * the cache.
 */
final class AliasTable {

  /** A draw of the lower 31 bits below this takes the number itself, any other its alias. */
  private final int[] thresholds;

  private final int[] aliases;

  private AliasTable(int[] thresholds, int[] aliases) {
    this.thresholds = thresholds;
    this.aliases = aliases;
  }

  /** Of one weight or more, none negative, not all zero. */
  static AliasTable of(double[] weights) {
    int n = weights.length;
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    var share = new double[n];
    var small = new int[n];
    var large = new int[n];
    int smalls = 0;
    int larges = 0;
    for (int i = 0; i < n; i++) {
      share[i] = weights[i] * n / sum;
      if (share[i] < 1) {
        small[smalls++] = i;
      } else {
        large[larges++] = i;
      }
    }
    var thresholds = new int[n];
    var aliases = new int[n];
    while (smalls > 0 && larges > 0) {
      int less = small[--smalls];
      int more = large[larges - 1];
      thresholds[less] = (int) (share[less] * 0x1p31);
      aliases[less] = more;
      share[more] -= 1 - share[less];
      if (share[more] < 1) {
        larges--;
        small[smalls++] = more;
      }
    }
    // What is left has a share of 1, up to rounding.
    while (smalls > 0) {
      whole(thresholds, aliases, small[--smalls]);
    }
    while (larges > 0) {
      whole(thresholds, aliases, large[--larges]);
    }
    return new AliasTable(thresholds, aliases);
  }

  private static void whole(int[] thresholds, int[] aliases, int i) {
    thresholds[i] = Integer.MAX_VALUE;
    aliases[i] = i;
  }

  int draw(Draws draws) {
    long bits = draws.next();
    int at = (int) (((bits >>> 32) * thresholds.length) >>> 32);
    return (bits & Integer.MAX_VALUE) < thresholds[at] ? at : aliases[at];
  }
}
