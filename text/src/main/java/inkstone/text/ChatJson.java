package inkstone.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Conversations as JSON. */
final class ChatJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private ChatJson() {}

  /** The object that {@code json} holds; {@code where} names it in messages. */
  static ObjectNode object(String json, String where) {
    try {
      return Json.object(json.getBytes(StandardCharsets.UTF_8), where);
    } catch (TokenizerException e) {
      throw new TemplateException(String.valueOf(e.getMessage()), e);
    }
  }

  static Conversation conversation(String json) {
    var root = object(json, "the conversation");
    var messages = new ArrayList<Message>();
    for (JsonNode node : array(root, "messages", "the conversation")) {
      messages.add(message(node, "messages[%d]".formatted(messages.size())));
    }
    var tools = new ArrayList<Tool>();
    for (JsonNode node : array(root, "tools", "the conversation")) {
      tools.add(new Tool(node.toString()));
    }
    return new Conversation(messages, tools);
  }

  private static Message message(JsonNode node, String where) {
    if (!node.isObject()) {
      throw wrong(where, "an object with 'role' and 'content'");
    }
    var calls = new ArrayList<ToolCall>();
    for (JsonNode call : array(node, "tool_calls", where)) {
      calls.add(call(call, "%s.tool_calls[%d]".formatted(where, calls.size())));
    }
    return new Message(
        Role.of(text(node, "role", where).orElseThrow(() -> wrong(where + ".role", "a string"))),
        content(node.path("content"), where + ".content"),
        calls,
        text(node, "tool_call_id", where),
        text(node, "name", where),
        text(node, "reasoning_content", where));
  }

  private static Optional<String> content(JsonNode node, String where) {
    if (!node.isArray()) {
      return text(node, where);
    }
    var parts = new ArrayList<String>();
    for (JsonNode part : node) {
      if (!part.path("type").asString("").equals("text") || !part.path("text").isString()) {
        throw wrong(where, "a string, or a list of {\"type\": \"text\", \"text\": ...}");
      }
      parts.add(part.path("text").asString());
    }
    return Optional.of(String.join("\n", parts));
  }

  private static ToolCall call(JsonNode node, String where) {
    var function = node.has("function") ? node.get("function") : node;
    var arguments = function.path("arguments");
    String written = arguments.isString() ? arguments.asString() : arguments.toString();
    object(written.isBlank() ? "{}" : written, where + ".function.arguments");
    return new ToolCall(
        text(node, "id", where),
        text(function, "name", where)
            .orElseThrow(() -> wrong(where + ".function.name", "a string")),
        written.isBlank() ? "{}" : written);
  }

  private static Iterable<JsonNode> array(JsonNode node, String key, String where) {
    var list = node.path(key);
    if (Source.absent(list)) {
      return List.of();
    }
    if (!list.isArray()) {
      throw wrong(where + ", " + key, "a list");
    }
    return list;
  }

  private static Optional<String> text(JsonNode node, String key, String where) {
    return text(node.path(key), where + "." + key);
  }

  private static Optional<String> text(JsonNode node, String where) {
    if (Source.absent(node)) {
      return Optional.empty();
    }
    if (!node.isString()) {
      throw wrong(where, "a string");
    }
    return Optional.of(node.asString());
  }

  private static TemplateException wrong(String where, String expected) {
    return new TemplateException("%s must be %s".formatted(where, expected));
  }

  static String write(Conversation conversation) {
    ObjectNode root = NODES.objectNode();
    ArrayNode messages = root.putArray("messages");
    conversation.messages().forEach(message -> messages.add(node(message)));
    if (!conversation.tools().isEmpty()) {
      ArrayNode tools = root.putArray("tools");
      conversation.tools().forEach(tool -> tools.add(object(tool.json(), "a tool")));
    }
    return root.toString();
  }

  private static ObjectNode node(Message message) {
    ObjectNode node = NODES.objectNode();
    node.put("role", message.role().json());
    message
        .content()
        .ifPresentOrElse(content -> node.put("content", content), () -> node.putNull("content"));
    message.reasoning().ifPresent(text -> node.put("reasoning_content", text));
    message.name().ifPresent(text -> node.put("name", text));
    message.toolCallId().ifPresent(text -> node.put("tool_call_id", text));
    if (!message.toolCalls().isEmpty()) {
      ArrayNode calls = node.putArray("tool_calls");
      for (ToolCall call : message.toolCalls()) {
        ObjectNode one = calls.addObject();
        call.id().ifPresent(id -> one.put("id", id));
        one.put("type", "function");
        ObjectNode function = one.putObject("function");
        function.put("name", call.name());
        function.set("arguments", object(call.arguments(), "the arguments of " + call.name()));
      }
    }
    return node;
  }
}
