package inkstone.hub;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Short answers of servers, as JSON. */
final class Json {

  static final JsonMapper MAPPER = new JsonMapper();

  /** A list of a thousand files is a few hundred kilobytes. */
  private static final int LONGEST = 64 << 20;

  private static final Pattern NEXT = Pattern.compile("<([^<>]+)>\\s*;[^,]*rel=\"?next\"?.*");

  private final Http http;
  private final Retries retries;

  Json(Http http, Retries retries) {
    this.http = http;
    this.retries = retries;
  }

  /**
   * An answer, and where it goes on.
   *
   * @param next address of the next page; empty on the last
   */
  record Page(JsonNode body, String next) {}

  /** The answer to a request, which is tried again where that may help. */
  Page get(URI address, Endpoint endpoint) {
    return retries.run(address.getHost(), () -> 0, () -> once(address, endpoint));
  }

  /** The answer to a request that is only a help: empty where there is none at once. */
  Optional<JsonNode> glance(URI address, Endpoint endpoint) {
    try {
      return Optional.of(once(address, endpoint).body());
    } catch (Passing | HubException | Refusal e) {
      return Optional.empty();
    }
  }

  private Page once(URI address, Endpoint endpoint) throws Passing {
    try (var answer = http.get(address, endpoint, Map.of("Accept", "application/json"))) {
      byte[] bytes;
      try {
        bytes = answer.body().readNBytes(LONGEST + 1);
      } catch (IOException e) {
        throw Http.cut(address, e);
      }
      if (bytes.length > LONGEST) {
        throw new HubException(address + " answers with more than " + LONGEST + " bytes");
      }
      var link = NEXT.matcher(answer.header("Link").orElse(""));
      return new Page(MAPPER.readTree(bytes), link.find() ? link.group(1) : "");
    } catch (JacksonException e) {
      throw new HubException(
          "%s answers with what is no JSON; is that the address of such a service?"
              .formatted(address),
          e);
    }
  }

  /** A text of an object; empty where it is missing or something else. */
  static String text(JsonNode node, String key) {
    var value = node.path(key);
    return value.isString() ? value.stringValue() : "";
  }

  /** A size of an object, where it has one. */
  static OptionalLong size(JsonNode node, String key) {
    var value = node.path(key);
    return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0
        ? OptionalLong.of(value.longValue())
        : OptionalLong.empty();
  }
}
