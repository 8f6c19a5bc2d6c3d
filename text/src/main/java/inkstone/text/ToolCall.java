package inkstone.text;

import java.util.Optional;

/**
 * A tool that the assistant asks for.
 *
 * @param id what the tool's answer refers to ({@link Message#toolCallId})
 * @param name the tool
 * @param arguments a JSON object
 */
public record ToolCall(Optional<String> id, String name, String arguments) {

  /** A call without an id. */
  public static ToolCall of(String name, String arguments) {
    return new ToolCall(Optional.empty(), name, arguments);
  }
}
