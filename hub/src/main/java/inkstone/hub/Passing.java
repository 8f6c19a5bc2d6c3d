package inkstone.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A failure that may pass when the same is tried again. */
final class Passing extends IOException {

  private static final long serialVersionUID = 1L;

  private final transient Optional<Duration> after;

  Passing(String message, Optional<Duration> after) {
    super(message);
    this.after = after;
  }

  Passing(String message, Throwable cause) {
    super(message, cause);
    this.after = Optional.empty();
  }

  /** The pause that the server asks for. */
  Optional<Duration> after() {
    return after;
  }
}
