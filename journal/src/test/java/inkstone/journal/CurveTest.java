package inkstone.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CurveTest {

  private static List<Step> steps(long count) {
    return LongStream.rangeClosed(1, count)
        .mapToObj(i -> new Step(i, i * 10, i == 4 ? 100 : i, i * 0.5, i * 2, i * 3, i * 4))
        .toList();
  }

  @Test
  void fewStepsStayAsTheyAre() {
    var curve = Curve.of(steps(3), 3);
    assertEquals(List.of(1L, 2L, 3L), curve.step());
    assertEquals(List.of(1.0, 2.0, 3.0), curve.loss());
    assertEquals(List.of(1.0, 2.0, 3.0), curve.low());
    assertEquals(List.of(1.0, 2.0, 3.0), curve.high());
    assertEquals(List.of(0.5, 1.0, 1.5), curve.rate());
    assertEquals(List.of(3.0, 6.0, 9.0), curve.speed());
  }

  @Test
  void manyStepsShareAPointAndNoSpikeIsLost() {
    var curve = Curve.of(steps(7), 3);
    assertEquals(List.of(3L, 6L, 7L), curve.step());
    assertEquals(List.of(2.0, 37.0, 7.0), curve.loss());
    assertEquals(List.of(1.0, 5.0, 7.0), curve.low());
    assertEquals(List.of(3.0, 100.0, 7.0), curve.high());
    assertEquals(List.of(1.0, 2.5, 3.5), curve.rate());
  }

  @Test
  void noStepsMakeNoPoints() {
    assertEquals(List.of(), Curve.of(List.of(), 3).step());
  }

  @Test
  void thereAreNeverMorePointsThanAskedFor() {
    for (var n = 1; n < 50; n++) {
      var curve = Curve.of(steps(n), 7);
      assertEquals(true, curve.step().size() <= 7, "steps " + n);
      assertEquals(n, curve.step().getLast());
    }
  }
}
