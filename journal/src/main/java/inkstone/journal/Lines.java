package inkstone.journal;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Events to lines of JSON and back. NaN and the infinities are written as strings. */
final class Lines {

  static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  /** A line that was read: the event, and its {@code step}, or the lowest long without one. */
  record Line(Recorded recorded, long step) {}

  private Lines() {}

  /** One line, without its line feed. */
  static String write(Recorded recorded) {
    var line = MAPPER.createObjectNode();
    if (recorded.event() instanceof Unknown(String type, JsonNode fields)) {
      line.put("type", type).put("time", recorded.time().toString());
      fields.forEachEntry(line::set);
    } else {
      line.put("type", EventTypes.nameOf(recorded.event().getClass()));
      line.put("time", recorded.time().toString());
      line.setAll(MAPPER.<ObjectNode>valueToTree(recorded.event()));
    }
    return MAPPER.writeValueAsString(line);
  }

  /** The event of a line; empty if it is not a JSON object with a type and a time. */
  static Optional<Line> read(String text, EventTypes types) {
    try {
      if (!(MAPPER.readTree(text) instanceof ObjectNode fields)
          || !(fields.remove("type") instanceof JsonNode type)
          || !(fields.remove("time") instanceof JsonNode time)
          || !type.isString()
          || !time.isString()) {
        return Optional.empty();
      }
      var step = fields.path("step");
      return Optional.of(
          new Line(
              new Recorded(
                  Instant.parse(time.stringValue()), event(type.stringValue(), fields, types)),
              step.isIntegralNumber() ? step.longValue() : Long.MIN_VALUE));
    } catch (JacksonException | DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Event event(String type, ObjectNode fields, EventTypes types) {
    var known = types.find(type);
    if (known.isPresent()) {
      try {
        return MAPPER.treeToValue(fields, known.get());
      } catch (JacksonException e) {
        return new Unknown(type, fields);
      }
    }
    return new Unknown(type, fields);
  }
}
