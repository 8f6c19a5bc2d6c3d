package inkstone.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.Batch.Span;
import inkstone.tensor.Device;
import inkstone.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BatchTest {

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Batch of(List<Span> spans) {
    return new Batch(
        new Batch.Ids(Models.ids(1, 2, 3, 4, 5)),
        spans,
        AttentionPattern.CAUSAL,
        Optional.empty(),
        Batch.Rows.ALL,
        0,
        false);
  }

  @Test
  void theSpansCoverTheInputs() {
    var spans = new ArrayList<>(List.of(new Span(0, 3, 2), new Span(1, 0, 3)));
    var batch = of(spans);
    spans.clear();
    assertEquals(5, batch.tokens());
    assertFalse(batch.isRectangular());
    assertArrayEquals(new long[] {3, 4, 0, 1, 2}, batch.positions(Device.CPU).toLongs());
    for (var wrong :
        List.of(
            List.of(new Span(0, 0, 4)),
            List.of(new Span(0, 0, 3), new Span(1, 0, 3)),
            List.<Span>of())) {
      var message = assertThrows(ModelException.class, () -> of(wrong)).getMessage();
      int covered = wrong.stream().mapToInt(Span::length).sum();
      assertEquals("batch: the spans cover " + covered + " tokens of 5 given", message);
    }
  }

  @Test
  void aSpanHoldsTokens() {
    for (var wrong : new int[][] {{0, 0}, {0, -1}, {-1, 1}, {Integer.MIN_VALUE, 5}}) {
      assertEquals(
          "span: %d tokens from position %d cannot be; give 1 or more, from 0"
              .formatted(wrong[1], wrong[0]),
          assertThrows(ModelException.class, () -> new Span(0, wrong[0], wrong[1])).getMessage());
    }
  }

  @Test
  void chosenRowsAreThere() {
    var one = List.of(new Span(0, 0, 5));
    for (var wrong : List.of(List.<Integer>of(), List.of(0, 5), List.of(-1))) {
      var e =
          assertThrows(
              ModelException.class,
              () ->
                  new Batch(
                      new Batch.Ids(Models.ids(1, 2, 3, 4, 5)),
                      one,
                      AttentionPattern.CAUSAL,
                      Optional.empty(),
                      new Batch.Chosen(wrong),
                      0,
                      false));
      assertEquals(
          "batch: the logits of rows "
              + wrong
              + " are wanted of 5; give one or more, counted from 0",
          e.getMessage());
    }
  }

  @Test
  void training() {
    var batch = Batch.training(Models.ids(1, 2, 3, 4, 5, 6), 2, 0.25);
    assertEquals(List.of(new Span(0, 0, 3), new Span(1, 0, 3)), batch.spans());
    assertTrue(batch.isRectangular());
    assertEquals(AttentionPattern.CAUSAL, batch.pattern());
    assertEquals(Batch.Rows.ALL, batch.rows());
    assertEquals(0.25, batch.dropout());
    assertTrue(batch.cache().isEmpty());
    for (int sequences : new int[] {0, 4, 7, -1}) {
      assertThrows(
          ModelException.class, () -> Batch.training(Models.ids(1, 2, 3, 4, 5, 6), sequences, 0));
    }
  }

  @Test
  void decoding() {
    KvCache cache = (sequence, tokens) -> List.of();
    var batch = Batch.decoding(Models.ids(1, 2, 3), 4, cache);
    assertEquals(List.of(new Span(0, 4, 3)), batch.spans());
    assertEquals(Batch.Rows.LAST, batch.rows());
    assertEquals(cache, batch.cache().orElseThrow());
    assertEquals(0, batch.dropout());
  }
}
