package inkstone.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Owns the tensors that its thread makes while it is the innermost open scope, and frees them when
 * it is closed. What should live longer is moved out by name: {@link #out}.
 *
 * <pre>{@code
 * try (var scope = Scope.open()) {
 *   var hidden = x.matmul(w);
 *   return scope.out(hidden.tanh());   // hidden is freed, the result is not
 * }
 * }</pre>
 *
 * <p>Without an open scope a new tensor belongs to whoever called: {@link Tensor#close} frees it.
 * Scopes nest, are closed in reverse order and stay on the thread that opened them.
 */
public final class Scope implements AutoCloseable {

  private static final ThreadLocal<Scope> INNERMOST = new ThreadLocal<>();

  private final @Nullable Scope outer;
  private final List<Tensor> tensors = new ArrayList<>();

  private Scope(@Nullable Scope outer) {
    this.outer = outer;
  }

  /** Opens a scope on this thread. */
  public static Scope open() {
    var scope = new Scope(INNERMOST.get());
    INNERMOST.set(scope);
    return scope;
  }

  /** Runs {@code work} in a scope of its own and frees all that it made but the result. */
  public static Tensor of(Supplier<Tensor> work) {
    try (var scope = open()) {
      return scope.out(work.get());
    }
  }

  /** Runs {@code work} in a scope of its own and frees all that it made. */
  public static void run(Runnable work) {
    try (var scope = open()) {
      work.run();
    }
  }

  /** Gives a tensor of this scope to the enclosing scope or, where there is none, to the caller. */
  public Tensor out(Tensor tensor) {
    if (tensor.owner() == this) {
      give(tensor, outer);
    }
    return tensor;
  }

  /** Takes a tensor from every scope: from now on the caller must close it. */
  public static Tensor keep(Tensor tensor) {
    give(tensor, null);
    return tensor;
  }

  static void adopt(Tensor tensor) {
    give(tensor, INNERMOST.get());
  }

  private static void give(Tensor tensor, @Nullable Scope owner) {
    tensor.owner(owner);
    if (owner != null) {
      owner.tensors.add(tensor);
    }
  }

  /** Frees what this scope still owns. */
  @Override
  public void close() {
    if (INNERMOST.get() != this) {
      throw new IllegalStateException(
          "scopes are closed in reverse order, on the thread that opened them");
    }
    if (outer == null) {
      INNERMOST.remove();
    } else {
      INNERMOST.set(outer);
    }
    for (var tensor : tensors) {
      if (tensor.owner() == this) {
        tensor.close();
      }
    }
    tensors.clear();
  }
}
