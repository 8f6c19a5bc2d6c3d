package inkstone.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Requests that follow redirects by themselves: who asks is told to the server that was meant and
 * to no other, and no redirect leads from https to http.
 */
final class Http implements AutoCloseable {

  private static final int REDIRECTS = 10;
  private static final String AGENT = "inkstone/0.1.0";

  private final HttpClient client;
  private final Patience patience;

  Http(Patience patience, Map<String, String> environment) {
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(patience.connect())
            .proxy(new Proxies(environment))
            .build();
  }

  /**
   * The answer to a request: 200, 206, 304 or 416.
   *
   * @throws Refusal for any other status of 4xx
   * @throws Passing if there is no answer, or a status of 429, 408 or 5xx
   */
  Answer get(URI address, Endpoint endpoint, Map<String, String> headers) throws Passing {
    var at = address;
    Optional<Checksum> linked = Optional.empty();
    for (int i = 0; i <= REDIRECTS; i++) {
      var response = send(at, endpoint, headers);
      var given = linked(response);
      linked = linked.isPresent() ? linked : given;
      var status = response.statusCode();
      if (status == 200 || status == 206 || status == 304 || status == 416) {
        return new Answer(response, linked);
      }
      try (var body = response.body()) {
        if (status / 100 != 3) {
          throw failure(at, response, body);
        }
        at = next(at, response.headers().firstValue("Location").orElse(""));
      } catch (IOException e) {
        throw e instanceof Passing passing ? passing : cut(at, e);
      }
    }
    throw new HubException(
        "%s redirects more than %d times; is it an address of a file?"
            .formatted(address, REDIRECTS));
  }

  private HttpResponse<InputStream> send(URI at, Endpoint endpoint, Map<String, String> headers)
      throws Passing {
    var request =
        HttpRequest.newBuilder(at)
            .timeout(patience.answer())
            .header("User-Agent", AGENT)
            // A body that is packed on the way could not be resumed.
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    if (endpoint.owns(at)) {
      endpoint.headers().forEach(request::header);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (SSLException e) {
      throw new HubException(
          "%s cannot be trusted: %s; look at the clock, the proxy and the JDK's certificates"
              .formatted(at.getHost(), e.getMessage()),
          e);
    } catch (HttpTimeoutException e) {
      throw new Passing(at.getHost() + " does not answer", e);
    } catch (ConnectException e) {
      throw new Passing(
          e.getCause() instanceof UnresolvedAddressException
              ? at.getHost() + " is not known (no network?)"
              : "no connection to " + at.getAuthority(),
          e);
    } catch (IOException e) {
      throw cut(at, e);
    } catch (InterruptedException e) {
      throw Retries.interrupted(e);
    }
  }

  static Passing cut(URI at, IOException e) {
    var words = Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
    return new Passing("the connection to " + at.getHost() + " broke (" + words + ")", e);
  }

  /** Where a redirect leads. */
  static URI next(URI at, String location) {
    URI next;
    try {
      next = at.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new HubException(at.getHost() + " redirects to what is no address", e);
    }
    var scheme = Optional.ofNullable(next.getScheme()).orElse("");
    if (location.isEmpty() || next.getHost() == null || !scheme.matches("https?")) {
      throw new HubException(
          "%s redirects to %s, which is no address"
              .formatted(at.getHost(), SourceText.quoted(location)));
    }
    if (at.getScheme().equals("https") && scheme.equals("http")) {
      throw new HubException(
          "%s redirects to %s without encryption; it is not followed"
              .formatted(at.getHost(), next.getHost()));
    }
    return next;
  }

  /** What an answer that is no answer means: a failure that may pass, or else it throws. */
  private static Passing failure(URI at, HttpResponse<?> response, InputStream body)
      throws IOException {
    var status = response.statusCode();
    if (status == 429 || status == 408 || status >= 500) {
      var words = status == 429 ? "%s has had too many requests (429)" : "%s has a fault (%d)";
      return new Passing(words.formatted(at.getHost(), status), retryAfter(response));
    }
    body.readNBytes(1 << 12); // so that the connection may be used again
    var code = response.headers().firstValue("X-Error-Code").orElse("");
    var words = response.headers().firstValue("X-Error-Message").orElse("");
    throw new Refusal(at, status, code, FileName.shown(words));
  }

  /** RFC 9110, 10.2.3: seconds, or a date. */
  private static Optional<Duration> retryAfter(HttpResponse<?> response) {
    var text = response.headers().firstValue("Retry-After").orElse("").strip();
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      var date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
      var wait = Duration.between(Instant.now(), date);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** The checksum that a Hugging Face server sends beside a redirect to another one. */
  private static Optional<Checksum> linked(HttpResponse<?> response) {
    return response
        .headers()
        .firstValue("X-Linked-ETag")
        .flatMap(tag -> Checksum.of(Checksum.Kind.SHA256, tag.replace("\"", "")));
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
