package inkstone.hub;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A server, and what says to it who is asking.
 *
 * @param address scheme, host, port, and the path that all addresses begin with
 * @param headers sent to this server and to no other
 * @param tokenVariable environment variable that the token is read from
 */
record Endpoint(URI address, Map<String, String> headers, String tokenVariable) {

  static Endpoint huggingFace(Map<String, String> environment) {
    return of(
        text(environment, "HF_ENDPOINT").orElse("https://huggingface.co"),
        "HF_ENDPOINT",
        header(environment, "HF_TOKEN"),
        "HF_TOKEN");
  }

  static Endpoint modelScope(Map<String, String> environment) {
    var headers = new LinkedHashMap<>(header(environment, "MODELSCOPE_API_TOKEN"));
    // Older servers of this service know the token as a cookie only.
    text(environment, "MODELSCOPE_API_TOKEN")
        .ifPresent(token -> headers.put("Cookie", "m_session_id=" + token));
    var domain = text(environment, "MODELSCOPE_DOMAIN").orElse("www.modelscope.cn");
    return of(
        text(environment, "MODELSCOPE_ENDPOINT")
            .orElse(domain.contains("://") ? domain : "https://" + domain),
        "MODELSCOPE_ENDPOINT",
        headers,
        "MODELSCOPE_API_TOKEN");
  }

  /** An address without anything to say. */
  static Endpoint anonymous(URI address) {
    return new Endpoint(address, Map.of(), "");
  }

  private static Endpoint of(
      String address, String variable, Map<String, String> headers, String tokenVariable) {
    try {
      var uri = new URI(address.replaceAll("/+$", ""));
      if (uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getQuery() == null
          && Optional.ofNullable(uri.getScheme()).orElse("").matches("https?")) {
        return new Endpoint(uri, headers, tokenVariable);
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new HubException(
        "%s is %s, which is no address of a server; write https://host"
            .formatted(variable, SourceText.quoted(address)));
  }

  private static Optional<String> text(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(t -> !t.isEmpty());
  }

  private static Map<String, String> header(Map<String, String> environment, String variable) {
    var token = text(environment, variable).orElse("");
    // The text of the token is in no message.
    if (!token.matches("[\\x21-\\x7e]*")) {
      throw new HubException(variable + " has characters that no token has; copy it again");
    }
    return token.isEmpty() ? Map.of() : Map.of("Authorization", "Bearer " + token);
  }

  boolean hasToken() {
    return !headers.isEmpty();
  }

  /** Whether an address is on this server, so that it may be told who asks. */
  boolean owns(URI other) {
    return port(address) == port(other)
        && address.getScheme().equalsIgnoreCase(other.getScheme())
        && address.getHost().equalsIgnoreCase(other.getHost());
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0
        ? uri.getPort()
        : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  /** An address on this server; the path's parts are already as they stand in an address. */
  URI at(String path) {
    return URI.create(address + path);
  }

  /** A text as part of an address: all but letters, digits and {@code -._~} as %XX. */
  static String encoded(String text) {
    var out = new StringBuilder();
    for (var b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= '0' && b <= '9'
          || b >= 'A' && b <= 'Z'
          || b >= 'a' && b <= 'z'
          || "-._~".indexOf(b) >= 0) {
        out.append((char) b);
      } else {
        out.append('%').append("%02X".formatted(b & 0xFF));
      }
    }
    return out.toString();
  }

  /** A path as part of an address: as {@link #encoded}, slashes kept. */
  static String encodedPath(String path) {
    return encoded(path).replace("%2F", "/");
  }
}
