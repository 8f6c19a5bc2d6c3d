package inkstone.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What a server answered.
 *
 * @param response status, headers, and a body that is still to be read
 * @param linked checksum that was named on the way here
 */
record Answer(HttpResponse<InputStream> response, Optional<Checksum> linked)
    implements AutoCloseable {

  private static final Pattern RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
  private static final Pattern NO_RANGE = Pattern.compile("bytes \\*/(\\d{1,18})");

  int status() {
    return response.statusCode();
  }

  URI address() {
    return response.uri();
  }

  InputStream body() {
    return response.body();
  }

  Optional<String> header(String name) {
    return response.headers().firstValue(name);
  }

  /** Bytes of this body, where the server says so. */
  OptionalLong length() {
    var text = header("Content-Length").orElse("");
    return text.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(text)) : OptionalLong.empty();
  }

  /** The first byte of a 206; -1 where the server does not say it. */
  long rangeStart() {
    var range = RANGE.matcher(header("Content-Range").orElse(""));
    return range.matches() ? Long.parseLong(range.group(1)) : -1;
  }

  /** Bytes of the whole file in a 206 or 416, where the server says so. */
  OptionalLong rangeTotal() {
    var text = header("Content-Range").orElse("");
    var range = RANGE.matcher(text);
    var none = NO_RANGE.matcher(text);
    var total = range.matches() ? range.group(3) : none.matches() ? none.group(1) : "*";
    return total.equals("*") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(total));
  }

  /**
   * What proves that a file is still the same (RFC 9110, 13.1.5): a strong entity tag, else its
   * date; empty without either.
   */
  String validator() {
    var tag = header("ETag").orElse("");
    return !tag.isEmpty() && !tag.startsWith("W/") ? tag : header("Last-Modified").orElse("");
  }

  @Override
  public void close() {
    try {
      body().close();
    } catch (IOException e) {
      // Nobody reads on; the connection is gone.
    }
  }
}
