package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Short and long pieces are merged by different code, which must agree with the definition. */
class MergesTest {

  @Test
  void agreesWithTheDefinitionAtEveryLength() {
    long seed = RandomText.seed();
    var random = new SplittableRandom(seed);
    for (int round = 0; round < 400; round++) {
      int[][] rules = rules(random);
      var merges = new Merges(rules[0], rules[1], rules[2]);
      int[] symbols = new int[random.nextInt(round % 2 == 0 ? 20 : 300)];
      Arrays.setAll(symbols, i -> random.nextInt(3));
      List<Integer> expected = define(rules, symbols);
      int[] work = symbols.clone();
      int length = merges.apply(work, work.length);
      assertEquals(
          expected,
          Arrays.stream(work, 0, length).boxed().toList(),
          () -> "seed %d: %s".formatted(seed, Arrays.toString(symbols)));
    }
  }

  /** Random merges over three base symbols; each may use what earlier ones make. */
  private static int[][] rules(SplittableRandom random) {
    int count = 1 + random.nextInt(12);
    var rules = new int[3][count];
    for (int i = 0; i < count; i++) {
      rules[0][i] = random.nextInt(3 + i);
      rules[1][i] = random.nextInt(3 + i);
      rules[2][i] = random.nextInt(10) == 0 ? -1 : 3 + i;
    }
    return rules;
  }

  private static List<Integer> define(int[][] rules, int[] symbols) {
    var now = Arrays.stream(symbols).boxed().collect(Collectors.toCollection(ArrayList::new));
    while (true) {
      int bestRule = Integer.MAX_VALUE;
      int bestAt = -1;
      for (int at = 0; at + 1 < now.size(); at++) {
        for (int rule = rules[2].length - 1; rule >= 0; rule--) {
          if (rules[2][rule] >= 0
              && rules[0][rule] == now.get(at)
              && rules[1][rule] == now.get(at + 1)) {
            if (rule < bestRule) {
              bestRule = rule;
              bestAt = at;
            }
            break;
          }
        }
      }
      if (bestAt < 0) {
        return now;
      }
      now.set(bestAt, rules[2][bestRule]);
      now.remove(bestAt + 1);
    }
  }
}
