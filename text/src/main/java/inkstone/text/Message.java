package inkstone.text;

import java.util.List;
import java.util.Optional;

/**
 * One message of a conversation. In JSON it is as OpenAI's interface and Transformers have it.
 *
 * @param role who speaks
 * @param content what is said; empty for an assistant that only calls tools
 * @param toolCalls what the assistant asks for
 * @param toolCallId in an answer of a tool: the call that it answers
 * @param name in an answer of a tool: the tool
 * @param reasoning what the assistant thought before it spoke ({@code reasoning_content})
 */
public record Message(
    Role role,
    Optional<String> content,
    List<ToolCall> toolCalls,
    Optional<String> toolCallId,
    Optional<String> name,
    Optional<String> reasoning) {

  /** Copies the list. */
  public Message {
    toolCalls = List.copyOf(toolCalls);
  }

  /** A message of this content alone. */
  public static Message of(Role role, String content) {
    return new Message(
        role,
        Optional.of(content),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** What the person says. */
  public static Message user(String content) {
    return of(Role.USER, content);
  }

  /** What the model said. */
  public static Message assistant(String content) {
    return of(Role.ASSISTANT, content);
  }

  /** Rules for the whole conversation. */
  public static Message system(String content) {
    return of(Role.SYSTEM, content);
  }
}
