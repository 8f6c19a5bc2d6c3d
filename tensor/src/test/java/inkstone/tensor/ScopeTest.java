package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScopeTest {

  private long before;

  @BeforeEach
  void count() {
    before = Tensor.live();
  }

  @AfterEach
  void nothingIsLeft() {
    assertEquals(before, Tensor.live());
  }

  private static Tensor make() {
    return Tensor.zeros(DType.FLOAT32, Device.CPU, 2);
  }

  private static void assertFreed(Tensor tensor) {
    assertEquals("a closed tensor", tensor.toString());
  }

  @Test
  void aScopeFreesWhatWasMadeInIt() {
    Tensor first;
    Tensor second;
    try (var scope = Scope.open()) {
      first = make();
      second = first.add(first);
      assertEquals(before + 2, Tensor.live());
    }
    assertFreed(first);
    assertFreed(second);
  }

  @Test
  void withoutAScopeTheCallerFrees() {
    try (var tensor = make()) {
      Scope.run(() -> make());
      assertArrayEquals(new float[2], tensor.toFloats());
    }
  }

  @Test
  void outGivesToTheEnclosingScope() {
    Tensor result;
    try (var outer = Scope.open()) {
      try (var inner = Scope.open()) {
        var made = make();
        result = inner.out(made);
        assertSame(made, result);
        assertSame(result, inner.out(result), "a second time changes nothing");
        assertSame(outer, result.owner());
      }
      assertEquals("FLOAT32[2]", result.toString());
    }
    assertFreed(result);
  }

  @Test
  void outOfTheOutermostScopeGivesToTheCaller() {
    Tensor result;
    try (var scope = Scope.open()) {
      result = scope.out(make());
    }
    assertArrayEquals(new float[2], result.toFloats());
    result.close();
  }

  @Test
  void outLeavesAloneWhatTheScopeDoesNotOwn() {
    try (var outer = Scope.open()) {
      var outside = make();
      try (var inner = Scope.open()) {
        assertSame(outside, inner.out(outside));
        var inside = make();
        outer.out(inside);
        assertSame(inner, inside.owner());
      }
      assertEquals("FLOAT32[2]", outside.toString());
      assertSame(outer, outside.owner());
    }
  }

  @Test
  void keepTakesFromEveryScope() {
    Tensor kept;
    try (var outer = Scope.open();
        var inner = Scope.open()) {
      kept = Scope.keep(make());
    }
    assertArrayEquals(new float[2], kept.toFloats());
    kept.close();
  }

  @Test
  void closingEarlyIsFine() {
    try (var scope = Scope.open()) {
      var tensor = make();
      tensor.close();
      tensor.close();
      assertEquals(before, Tensor.live());
    }
  }

  @Test
  void ofKeepsTheResultAlone() {
    var others = new ArrayList<Tensor>();
    try (var scope = Scope.open()) {
      var result =
          Scope.of(
              () -> {
                others.add(make());
                return others.getFirst().add(others.getFirst());
              });
      assertFreed(others.getFirst());
      assertEquals(before + 1, Tensor.live());
      assertArrayEquals(new float[2], result.toFloats());
    }
  }

  @Test
  void anExceptionFreesAsWell() {
    assertThrows(
        ArithmeticException.class,
        () ->
            Scope.run(
                () -> {
                  make();
                  throw new ArithmeticException("on the way");
                }));
    assertThrows(
        ArithmeticException.class,
        () ->
            Scope.of(
                () -> {
                  var made = make();
                  if (made.count() == 2) {
                    throw new ArithmeticException("on the way");
                  }
                  return made;
                }));
    assertThrows(
        TensorException.class, () -> Scope.run(() -> make().matmul(make().reshape(1, 1, 2))));
    assertEquals(before, Tensor.live());
    // The thread's innermost scope is what it was: this one belongs to nobody.
    var tensor = make();
    assertEquals(null, tensor.owner());
    tensor.close();
  }

  @Test
  void scopesAreClosedInReverseOrder() {
    var outer = Scope.open();
    var inner = Scope.open();
    var tensor = make();
    var error = assertThrows(IllegalStateException.class, outer::close);
    assertEquals(
        "scopes are closed in reverse order, on the thread that opened them", error.getMessage());
    assertEquals("FLOAT32[2]", tensor.toString(), "a refused close frees nothing");
    inner.close();
    assertFreed(tensor);
    outer.close();
    assertThrows(IllegalStateException.class, outer::close);
  }

  @Test
  void aScopeStaysOnItsThread() throws Exception {
    try (var scope = Scope.open()) {
      var error = new AtomicReference<Throwable>();
      var elsewhere = new AtomicReference<Tensor>();
      var thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    elsewhere.set(make());
                    try {
                      scope.close();
                    } catch (IllegalStateException e) {
                      error.set(e);
                    }
                  });
      thread.join();
      assertTrue(String.valueOf(error.get()).contains("on the thread that opened them"));
      assertEquals(null, elsewhere.get().owner(), "another thread's tensors are its own");
      elsewhere.get().close();
    }
  }

  @Test
  void manyThreadsHaveManyScopes() throws Exception {
    var threads = new ArrayList<Thread>();
    var failures = new ArrayList<Throwable>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofPlatform()
              .uncaughtExceptionHandler(
                  (thread, failure) -> {
                    synchronized (failures) {
                      failures.add(failure);
                    }
                  })
              .start(
                  () -> {
                    for (int round = 0; round < 50; round++) {
                      Scope.run(() -> Scope.of(() -> make().add(make())).mul(2).toFloats());
                    }
                  }));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertEquals(java.util.List.of(), failures);
  }
}
