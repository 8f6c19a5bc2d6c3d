package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Attention over pages against its formula, in every way and type. */
class PagedAttentionTest {

  private static final int LAYERS = 2;

  private final java.util.Random random = Plain.random();
  private final List<KvPage> made = new ArrayList<>();
  private Scope scope;
  private Gradients off;

  @BeforeEach
  void open() {
    scope = Scope.open();
    off = Gradients.off();
  }

  @AfterEach
  void close() {
    off.close();
    scope.close();
    made.forEach(KvPage::close);
  }

  private interface Way {
    Tensor attend(
        Tensor query,
        Tensor key,
        Tensor value,
        List<PagedSpan> spans,
        int layer,
        AttentionMask mask,
        double cap);
  }

  private List<KvPage> pages(KvType type, int heads, int dim, int tokens) {
    var pages = new ArrayList<KvPage>();
    for (int at = 0; at < tokens; at += KvPage.TOKENS) {
      pages.add(KvPage.of(new KvPage.Shape(type, LAYERS, heads, dim), Device.CPU));
    }
    made.addAll(pages);
    return pages;
  }

  /** One sequence: how it goes on, span by span, and its keys and values, [layers, tokens, ...]. */
  private record Text(int[] lengths, Plain keys, Plain values) {

    int start(int step) {
      return IntStream.of(lengths).limit(step).sum();
    }

    int at(int layer, int token, int head) {
      var shape = keys.shape();
      return (int) (((layer * shape[1] + token) * shape[2] + head) * shape[3]);
    }

    Tensor part(Plain x, int layer, int step) {
      return x.tensor().select(0, layer).narrow(0, start(step), lengths[step]);
    }
  }

  /** What one batch asks of one layer, and what should come. */
  private record Case(int layer, int step, Plain query, Plain expected) {}

  /**
   * Three sequences grow at different paces in the same batches. All keys and values are remembered
   * apart, and the formula is worked out in double precision.
   */
  @ParameterizedTest
  @CsvSource({
    // heads, key heads, dim, causal, window, cap
    "3, 1, 8, true, 0, 0",
    "6, 2, 32, true, 0, 0",
    "2, 2, 5, true, 7, 0",
    "4, 2, 24, true, 40, 2",
    "4, 4, 16, true, 33, 0",
    "2, 1, 40, false, 0, 0",
    "6, 2, 1, true, 0, 0.5",
    "70, 1, 3, true, 0, 0"
  })
  void everyWayFollowsTheFormula(
      int heads, int keyHeads, int dim, boolean causal, int window, double cap) {
    var mask = (causal ? AttentionMask.CAUSAL : AttentionMask.NONE).window(window);
    var texts =
        List.of(
            text(keyHeads, dim, 1, 1, 1, 1, 1),
            text(keyHeads, dim, 40, 1, 3, 70, 1),
            text(keyHeads, dim, 260, 5, 1, 1, 31));
    var cases = new ArrayList<Case>();
    for (int step = 0; step < 5; step++) {
      for (int layer = 0; layer < LAYERS; layer++) {
        cases.add(expected(texts, layer, step, heads, dim, mask, cap));
      }
    }
    for (var type : KvType.values()) {
      for (boolean kernel : new boolean[] {true, false}) {
        for (var computed : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
          check(kernel, texts, cases, type, computed, mask, cap);
        }
      }
    }
  }

  private Text text(int heads, int dim, int... lengths) {
    int tokens = IntStream.of(lengths).sum();
    return new Text(
        lengths,
        Plain.random(random, LAYERS, tokens, heads, dim),
        Plain.random(random, LAYERS, tokens, heads, dim));
  }

  private void check(
      boolean kernel,
      List<Text> texts,
      List<Case> cases,
      KvType type,
      DType computed,
      AttentionMask mask,
      double cap) {
    boolean exact = type == KvType.FLOAT32 && computed == DType.FLOAT32;
    Way way = kernel ? PagedAttention::kernel : PagedAttention::composed;
    var shape = texts.getFirst().keys.shape();
    var pages =
        texts.stream()
            .map(text -> pages(type, (int) shape[2], (int) shape[3], text.start(5)))
            .toList();
    for (var each : cases) {
      var spans = new ArrayList<PagedSpan>();
      var keys = new ArrayList<Tensor>();
      var values = new ArrayList<Tensor>();
      for (int i = 0; i < texts.size(); i++) {
        var text = texts.get(i);
        spans.add(new PagedSpan(pages.get(i), text.start(each.step), text.lengths[each.step]));
        keys.add(text.part(text.keys, each.layer, each.step));
        values.add(text.part(text.values, each.layer, each.step));
      }
      var query = each.query.tensor().to(computed);
      var key = Tensor.concat(0, keys).to(computed);
      var value = Tensor.concat(0, values).to(computed);
      var actual = way.attend(query, key, value, spans, each.layer, mask, cap);
      each.expected.assertSame(actual, exact ? 2e-5 : 6e-2);
    }
  }

  private Case expected(
      List<Text> texts, int layer, int step, int heads, int dim, AttentionMask mask, double cap) {
    int rows = texts.stream().mapToInt(text -> text.lengths[step]).sum();
    var query = Plain.random(random, rows, heads, dim);
    var mixed = new double[rows * heads * dim];
    int row = 0;
    for (var text : texts) {
      int groups = (int) (heads / text.keys.shape()[2]);
      for (int t = 0; t < text.lengths[step]; t++, row++) {
        int position = text.start(step) + t;
        int first = mask.window() > 0 ? Math.max(0, position - mask.window() + 1) : 0;
        int end = mask.causal() ? position + 1 : text.start(step + 1);
        for (int head = 0; head < heads; head++) {
          double total = 0;
          int at = (row * heads + head) * dim;
          for (int key = first; key < end; key++) {
            double score = 0;
            for (int d = 0; d < dim; d++) {
              score +=
                  query.values()[at + d]
                      * text.keys.values()[text.at(layer, key, head / groups) + d];
            }
            score /= Math.sqrt(dim);
            double weight = Math.exp(cap == 0 ? score : cap * Math.tanh(score / cap));
            total += weight;
            for (int d = 0; d < dim; d++) {
              mixed[at + d] +=
                  weight * text.values.values()[text.at(layer, key, head / groups) + d];
            }
          }
          for (int d = 0; d < dim; d++) {
            mixed[at + d] /= total;
          }
        }
      }
    }
    return new Case(layer, step, query, new Plain(mixed, rows, (long) heads * dim));
  }

  /**
   * From the projection, in one: held to the steps one by one, in double precision where there is
   * no cache of another type. Two layers and two batches share the pages.
   */
  @ParameterizedTest
  @CsvSource({
    // heads, key heads, dim, turned, window, cap
    "3, 1, 8, 8, 0, 0",
    "6, 2, 32, 0, 0, 3",
    "4, 2, 24, 10, 20, 0",
    "2, 2, 5, 2, 0, 0"
  })
  void fromTheProjectionItIsEachStep(
      int heads, int keyHeads, int dim, int turned, int window, double cap) {
    var mask = AttentionMask.CAUSAL.window(window);
    int width = (heads + 2 * keyHeads) * dim;
    for (var type : KvType.values()) {
      var kept = List.of(pages(type, keyHeads, dim, 64), pages(type, keyHeads, dim, 400));
      var others = List.of(pages(type, keyHeads, dim, 64), pages(type, keyHeads, dim, 400));
      int[] starts = {0, 0};
      for (int[] lengths : new int[][] {{40, 300}, {1, 1}, {1, 5}}) {
        int tokens = lengths[0] + lengths[1];
        for (int layer = 0; layer < LAYERS; layer++) {
          var x = Plain.random(random, tokens, width).tensor();
          var cos = Plain.random(random, tokens, 1, turned / 2).tensor();
          var sin = Plain.random(random, tokens, 1, turned / 2).tensor();
          var exact =
              new ProjectedAttention(
                  x, angles(turned, cos, sin), spans(others, starts, lengths), layer, mask, cap);
          var single =
              new ProjectedAttention(
                  x.to(DType.FLOAT32),
                  angles(turned, cos.to(DType.FLOAT32), sin.to(DType.FLOAT32)),
                  spans(kept, starts, lengths),
                  layer,
                  mask,
                  cap);
          Plain.of(exact.composed())
              .assertSame(single.kernel(), type == KvType.FLOAT32 ? 2e-5 : 6e-2);
        }
        starts[0] += lengths[0];
        starts[1] += lengths[1];
      }
    }
  }

  private static Optional<RotaryAngles> angles(int turned, Tensor cos, Tensor sin) {
    return turned == 0 ? Optional.empty() : Optional.of(new RotaryAngles(cos, sin));
  }

  private static List<PagedSpan> spans(List<List<KvPage>> pages, int[] starts, int[] lengths) {
    return IntStream.range(0, lengths.length)
        .mapToObj(i -> new PagedSpan(pages.get(i), starts[i], lengths[i]))
        .toList();
  }

  /** What lies behind the last token may be anything: a page may have been somebody else's. */
  @Test
  void whatAPageHeldBeforeDoesNotCount() {
    for (var type : KvType.values()) {
      var pages = pages(type, 1, 4, 64);
      var bad =
          Tensor.full(type == KvType.INT8 ? 1e30 : Double.NaN, DType.FLOAT32, Device.CPU, 64, 1, 4);
      PagedAttention.kernel(
          bad, bad, bad, List.of(new PagedSpan(pages, 0, 64)), 0, AttentionMask.CAUSAL, 0);
      var ones = Tensor.full(1, DType.FLOAT32, Device.CPU, 3, 1, 4);
      for (Way way : List.<Way>of(PagedAttention::kernel, PagedAttention::composed)) {
        var mixed =
            way.attend(
                ones, ones, ones, List.of(new PagedSpan(pages, 0, 3)), 0, AttentionMask.CAUSAL, 0);
        Plain.of(ones.reshape(3, 4)).assertSame(mixed, 1e-6);
      }
    }
  }

  /** Parts of the keys are put together in an order that does not hang on threads. */
  @Test
  void theSameNumbersEveryTime() {
    var pages = pages(KvType.FLOAT32, 2, 16, 1024);
    var all = Plain.random(random, 1024, 2, 16).tensor().to(DType.FLOAT32);
    PagedAttention.kernel(
        all, all, all, List.of(new PagedSpan(pages, 0, 1024)), 1, AttentionMask.CAUSAL, 0);
    var one = all.narrow(0, 1023, 1);
    var span = List.of(new PagedSpan(pages, 1023, 1));
    var first = PagedAttention.kernel(one, one, one, span, 1, AttentionMask.CAUSAL, 0).toFloats();
    int threads = Engine.threads();
    try {
      for (int i = 0; i < 20; i++) {
        Engine.threads(1 + i % 3);
        assertArrayEquals(
            first,
            PagedAttention.kernel(one, one, one, span, 1, AttentionMask.CAUSAL, 0).toFloats());
      }
    } finally {
      Engine.threads(threads);
    }
  }

  @Test
  void aPageIsTakenOverWhole() {
    for (var type : KvType.values()) {
      var pages = pages(type, 2, 5, 64);
      var x = Plain.random(random, 20, 2, 5).tensor().to(DType.FLOAT32);
      var query = Plain.random(random, 1, 2, 5).tensor().to(DType.FLOAT32);
      PagedAttention.kernel(
          x, x, x, List.of(new PagedSpan(pages.subList(0, 1), 0, 20)), 1, AttentionMask.CAUSAL, 0);
      pages.get(1).copyFrom(pages.get(0));
      var results =
          pages.stream()
              .map(
                  page ->
                      PagedAttention.kernel(
                              query,
                              query,
                              query,
                              List.of(new PagedSpan(List.of(page), 20, 1)),
                              1,
                              AttentionMask.CAUSAL,
                              0)
                          .toFloats())
              .toList();
      assertArrayEquals(results.get(0), results.get(1));
    }
    var other = pages(KvType.INT8, 2, 6, 1).getFirst();
    assertThrows(
        TensorException.class, () -> other.copyFrom(pages(KvType.INT8, 2, 5, 1).getFirst()));
  }

  @Test
  void memoryIsStatedAndFreed() {
    for (var type : KvType.values()) {
      long before = Tensor.live();
      var shape = new KvPage.Shape(type, 3, 2, 64);
      var page = KvPage.of(shape, Device.CPU);
      long bytes =
          page.keys().count() * page.keys().dtype().bytes()
              + page.values().count() * page.values().dtype().bytes()
              + page.scales().map(s -> 4 * s.count()).orElse(0L);
      assertEquals(shape.bytes(), bytes);
      assertTrue(Tensor.live() > before);
      page.close();
      page.close();
      assertEquals(before, Tensor.live());
      assertThrows(TensorException.class, page::keyMemory);
    }
  }

  @Test
  void whatDoesNotFitIsTold() {
    var pages = pages(KvType.FLOAT32, 2, 4, 32);
    var span = List.of(new PagedSpan(pages, 0, 2));
    var q = Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 4, 4);
    var k = Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 2, 4);
    var causal = AttentionMask.CAUSAL;
    assertEquals(2, Functions.attention(q, k, k, span, 0, causal, 0).size(0));
    var x = Tensor.zeros(DType.FLOAT32, Device.CPU, 2, 32);
    Optional<RotaryAngles> none = Optional.empty();
    assertEquals(16, Functions.attention(x, turned(2, 2), span, 0, causal, 0).size(1));
    for (Runnable wrong :
        List.<Runnable>of(
            () -> Functions.attention(q, k, k.narrow(1, 0, 1), span, 0, causal, 0),
            () -> Functions.attention(q, q, q, span, 0, causal, 0),
            () -> Functions.attention(k, q, q, span, 0, causal, 0),
            () -> Functions.attention(q.narrow(0, 0, 1), k, k, span, 0, causal, 0),
            () -> Functions.attention(q, k, k, List.of(), 0, causal, 0),
            () -> Functions.attention(q, k, k, span, LAYERS, causal, 0),
            () -> Functions.attention(q, k, k, span, -1, causal, 0),
            () -> Functions.attention(q, k, k, span, 0, causal, -1),
            () ->
                Functions.attention(
                    q, k, k, span, 0, causal.documents(Tensor.of(new long[2], 1, 2)), 0),
            () -> Functions.attention(x, none, List.of(), 0, causal, 0),
            () -> Functions.attention(x.narrow(0, 0, 1), none, span, 0, causal, 0),
            () -> Functions.attention(x.narrow(1, 0, 31), none, span, 0, causal, 0),
            () -> Functions.attention(x.narrow(1, 0, 16), none, span, 0, causal, 0),
            () -> Functions.attention(x.narrow(1, 0, 20), none, span, 0, causal, 0),
            () -> Functions.attention(x, none, span, LAYERS, causal, 0),
            () -> Functions.attention(x, none, span, 0, causal, -1),
            () -> Functions.attention(x, turned(2, 3), span, 0, causal, 0),
            () -> Functions.attention(x, turned(2, 0), span, 0, causal, 0),
            () -> Functions.attention(x, turned(1, 2), span, 0, causal, 0),
            () -> new PagedSpan(pages, 31, 2),
            () -> new PagedSpan(pages, -1, 2),
            () -> new PagedSpan(pages, 0, 0),
            () -> new PagedSpan(pages, Integer.MAX_VALUE, 1),
            () -> new KvPage.Shape(KvType.INT8, 0, 1, 1))) {
      assertThrows(TensorException.class, wrong::run);
    }
    assertEquals(1, new PagedSpan(pages, 31, 1).length());
  }

  private static Optional<RotaryAngles> turned(long tokens, long half) {
    var angles = Tensor.zeros(DType.FLOAT32, Device.CPU, tokens, 1, half);
    return Optional.of(new RotaryAngles(angles, angles));
  }
}
