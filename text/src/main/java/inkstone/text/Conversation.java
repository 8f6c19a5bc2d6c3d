package inkstone.text;

import java.util.List;

/**
 * Messages, and the tools that they may use.
 *
 * @param messages in the order in which they were said
 * @param tools what the assistant may call
 */
public record Conversation(List<Message> messages, List<Tool> tools) {

  /** Copies the lists. */
  public Conversation {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
  }

  /** A conversation without tools. */
  public static Conversation of(List<Message> messages) {
    return new Conversation(messages, List.of());
  }

  /**
   * Reads {@code {"messages": [...], "tools": [...]}}. A content of several text parts becomes one
   * text, a line break between two; {@code arguments} may be an object or a string that holds one.
   *
   * @throws TemplateException if it is no such JSON, or holds a part that is no text; the message
   *     names the place
   */
  public static Conversation parse(String json) {
    return ChatJson.conversation(json);
  }

  /** The JSON that {@link #parse} reads. */
  public String json() {
    return ChatJson.write(this);
  }
}
