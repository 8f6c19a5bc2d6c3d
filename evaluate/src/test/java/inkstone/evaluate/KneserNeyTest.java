package inkstone.evaluate;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KneserNeyTest {

  /** The model written as the paper writes it, with strings, sets and no thought for speed. */
  private static final class Plain {
    private final String text;

    Plain(String text) {
      this.text = text;
    }

    /** All n-grams that a byte stands before, up to five in all; of the highest order, all. */
    private Set<String> ngrams(int n) {
      var found = new HashSet<String>();
      for (int i = 0; i + 5 <= text.length(); i++) {
        found.add(text.substring(i + 5 - n, i + 5));
      }
      return found;
    }

    private int count(String ngram) {
      if (ngram.length() < 5) {
        return (int)
            ngrams(ngram.length() + 1).stream().filter(longer -> longer.endsWith(ngram)).count();
      }
      int count = 0;
      for (int i = 0; i + 5 <= text.length(); i++) {
        count += text.startsWith(ngram, i) ? 1 : 0;
      }
      return count;
    }

    double probability(String context, char next) {
      var n = context.length() + 1;
      var counts = new HashMap<String, Integer>();
      ngrams(n).forEach(ngram -> counts.put(ngram, count(ngram)));
      var shorter = context.isEmpty() ? 1.0 / 256 : probability(context.substring(1), next);
      double total = 0;
      double freed = 0;
      for (var entry : counts.entrySet()) {
        if (entry.getKey().startsWith(context)) {
          total += entry.getValue();
          freed += discount(counts, entry.getValue());
        }
      }
      if (total == 0) {
        return shorter;
      }
      var count = counts.getOrDefault(context + next, 0);
      return (count - discount(counts, count)) / total + freed / total * shorter;
    }

    private static double discount(Map<String, Integer> counts, int count) {
      var n = new double[5];
      counts.values().stream().filter(c -> c <= 4).forEach(c -> n[c]++);
      double y = n[1] == 0 || n[2] == 0 ? 0.5 : n[1] / (n[1] + 2 * n[2]);
      if (count == 0) {
        return 0;
      }
      double d =
          switch (count) {
            case 1 -> 1 - 2 * y * n[2] / n[1];
            case 2 -> 2 - 3 * y * n[3] / n[2];
            default -> 3 - 4 * y * n[4] / n[3];
          };
      return d > 0 && d < Math.min(count, 3) ? d : y;
    }
  }

  @Test
  void agreesWithThePaperWrittenPlainly() {
    for (int seed = 0; seed < 25; seed++) {
      var random = new Random(seed);
      var training = random(random, 20 + random.nextInt(150));
      var heldOut = random(random, 30);
      var plain = new Plain(training);
      double bits = 0;
      for (int i = 0; i < heldOut.length(); i++) {
        var context = heldOut.substring(Math.max(0, i - 4), i);
        bits -= Math.log(plain.probability(context, heldOut.charAt(i))) / Math.log(2);
      }
      var measured =
          new KneserNey().bitsPerByte(training.getBytes(ISO_8859_1), heldOut.getBytes(ISO_8859_1));
      assertEquals(bits / 30, measured, 1e-9, "seed " + seed);
    }
  }

  private static String random(Random random, int length) {
    var text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("aaabbc\u00ff\u0000".charAt(random.nextInt(8)));
    }
    return text.toString();
  }

  @Test
  void probabilitiesSumToOne() {
    var random = new Random(7);
    var training = new byte[5000];
    for (int i = 0; i < training.length; i++) {
      training[i] = (byte) Math.abs(40 * random.nextGaussian());
    }
    for (var text : new byte[][] {training, "abracadabra".getBytes(UTF_8), {1, 2, 3}, {}}) {
      var model = new KneserNey.Model(text);
      for (int trial = 0; trial < 200; trial++) {
        var context = random.nextLong() & 0x3F3F3F3FL;
        var length = random.nextInt(5);
        double sum = 0;
        for (int next = 0; next < 256; next++) {
          var p = model.probability(context, length, next);
          assertEquals(true, p > 0 && p <= 1);
          sum += p;
        }
        assertEquals(1, sum, 1e-9);
      }
    }
  }

  @Test
  void withoutTrainingAByteTakesEightBits() {
    assertEquals(8, new KneserNey().bitsPerByte(new byte[0], new byte[] {1, 2, 3}), 1e-12);
    assertEquals(8, new KneserNey().bitsPerByte(new byte[4], new byte[] {0}), 1e-12);
    assertThrows(
        IllegalArgumentException.class,
        () -> new KneserNey().bitsPerByte(new byte[9], new byte[0]));
  }

  @Test
  void discountsFollowTheCountsOfCounts() {
    // Y = 10 / (10 + 2 * 5) = 0.5.
    assertArrayEquals(
        new double[] {0, 0.5, 2 - 1.5 * 3 / 5, 3 - 2.0 * 2 / 3},
        KneserNey.discounts(new long[] {0, 10, 5, 3, 2}),
        1e-12);
    // No count of 2: a half for all that cannot be estimated.
    assertArrayEquals(
        new double[] {0, 0.5, 0.5, 0.5}, KneserNey.discounts(new long[] {0, 3, 0, 0, 0}), 1e-12);
    // An estimate below zero gives way to Y.
    assertArrayEquals(
        new double[] {0, 0.5, 0.5, 0.5}, KneserNey.discounts(new long[] {0, 2, 1, 4, 9}), 1e-12);
  }

  @Test
  void theTableCountsAsAMapDoes() {
    var random = new Random(1);
    var table = new NgramTable();
    var map = new HashMap<Long, Integer>();
    for (int i = 0; i < 20_000; i++) {
      var key = random.nextLong(0, 1L << (8 * random.nextInt(1, 6)));
      var value = random.nextInt(1, 4);
      table.add(key, value);
      map.merge(key, value, Integer::sum);
    }
    assertEquals(map.size(), table.size());
    var seen = new HashMap<Long, Integer>();
    table.forEach(seen::put);
    assertEquals(map, seen);
    map.forEach((key, value) -> assertEquals(value, table.get(key)));
    assertEquals(0, table.get(1L << 50));
    var ones = map.values().stream().filter(value -> value == 1).count();
    assertEquals(ones, table.countsOfCounts(2)[1]);
    assertEquals(0, Arrays.stream(new NgramTable().countsOfCounts(4)).sum());
  }
}
