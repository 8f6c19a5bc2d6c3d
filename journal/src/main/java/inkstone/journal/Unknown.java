package inkstone.journal;

import tools.jackson.databind.JsonNode;

/**
 * An event of a type that this reader does not know, or whose fields do not fit that type. It is
 * kept as it is and shown as text.
 *
 * @param type the {@code type} of the line
 * @param fields the other fields, without {@code type} and {@code time}
 */
public record Unknown(String type, JsonNode fields) implements Event {}
