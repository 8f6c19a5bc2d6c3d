package inkstone.hub;

import java.net.URI;

/** A server's answer that will not change when the same is asked again: a status of 4xx. */
final class Refusal extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient URI address;

  Refusal(URI address, int status, String code, String words) {
    super(
        "%s answers %d%s"
            .formatted(address.getHost(), status, words.isEmpty() ? "" : ": " + words));
    this.address = address;
    this.status = status;
    this.code = code;
  }

  int status() {
    return status;
  }

  /** The word of {@code X-Error-Code}, such as {@code GatedRepo}; empty where there is none. */
  String code() {
    return code;
  }

  URI address() {
    return address;
  }
}
