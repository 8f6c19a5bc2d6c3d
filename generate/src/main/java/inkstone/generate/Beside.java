package inkstone.generate;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Work that goes on beside the caller's, on a thread of its own. */
record Beside<T>(CompletableFuture<T> future) {

  static <T> Beside<T> begin(Supplier<T> work) {
    return new Beside<>(
        CompletableFuture.supplyAsync(work, task -> Thread.ofPlatform().daemon().start(task)));
  }

  /** Waits for what comes of it; what it threw is thrown here. */
  T result() {
    try {
      return future.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }
}
