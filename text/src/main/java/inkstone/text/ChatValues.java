package inkstone.text;

import inkstone.text.jinja.Bool;
import inkstone.text.jinja.Dict;
import inkstone.text.jinja.Int;
import inkstone.text.jinja.None;
import inkstone.text.jinja.Real;
import inkstone.text.jinja.Sequence;
import inkstone.text.jinja.Text;
import inkstone.text.jinja.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Conversations as a template sees them. All text is plain but a role: a template may build a
 * token's name from it, as Phi does, and it is one of five words.
 */
final class ChatValues {

  private ChatValues() {}

  static Value of(Message message) {
    Map<Value, Value> entries = new LinkedHashMap<>();
    message.reasoning().ifPresent(text -> put(entries, "thinking", Text.plain(text)));
    put(entries, "role", Text.trusted(message.role().json()));
    put(entries, "content", text(message.content()));
    message.name().ifPresent(text -> put(entries, "name", Text.plain(text)));
    message.toolCallId().ifPresent(text -> put(entries, "tool_call_id", Text.plain(text)));
    if (!message.toolCalls().isEmpty()) {
      put(
          entries,
          "tool_calls",
          Sequence.list(message.toolCalls().stream().map(ChatValues::call).toList()));
    }
    message.reasoning().ifPresent(text -> put(entries, "reasoning_content", Text.plain(text)));
    return new Dict(entries);
  }

  private static Value text(Optional<String> text) {
    return text.isPresent() ? Text.plain(text.get()) : None.NONE;
  }

  private static Value call(ToolCall call) {
    Map<Value, Value> function = new LinkedHashMap<>();
    put(function, "name", Text.plain(call.name()));
    put(
        function,
        "arguments",
        of(ChatJson.object(call.arguments(), "the arguments of " + call.name())));
    Map<Value, Value> entries = new LinkedHashMap<>();
    call.id().ifPresent(id -> put(entries, "id", Text.plain(id)));
    put(entries, "type", Text.plain("function"));
    put(entries, "function", new Dict(function));
    return new Dict(entries);
  }

  private static void put(Map<Value, Value> entries, String key, Value value) {
    entries.put(Text.plain(key), value);
  }

  /** A list, or {@code None} where it is empty, as Transformers hands over tools and documents. */
  static Value listOrNone(List<String> objects, String what) {
    return objects.isEmpty()
        ? None.NONE
        : Sequence.list(
            objects.stream().<Value>map(json -> of(ChatJson.object(json, what))).toList());
  }

  /** Plain data: strings, numbers, truth values, lists and objects. */
  static Value of(JsonNode node) {
    if (node.isObject()) {
      Map<Value, Value> entries = new LinkedHashMap<>();
      node.forEachEntry((key, value) -> put(entries, key, of(value)));
      return new Dict(entries);
    }
    if (node.isArray()) {
      var items = new ArrayList<Value>();
      node.forEach(item -> items.add(of(item)));
      return Sequence.list(items);
    }
    if (node.isIntegralNumber()) {
      return whole(node.bigIntegerValue());
    }
    if (node.isNumber()) {
      return new Real(node.asDouble(), false);
    }
    if (node.isBoolean()) {
      return Bool.of(node.asBoolean());
    }
    return node.isNull() ? None.NONE : Text.plain(node.asString());
  }

  private static Value whole(BigInteger number) {
    if (number.bitLength() > 4096) {
      throw new TemplateException("a number in the conversation has more than 1,200 digits");
    }
    return new Int(number, false);
  }

  /** A variable of the application: a string, a number or a truth value. */
  static Value of(String name, Object value) {
    return switch (value) {
      case Boolean flag -> Bool.of(flag);
      case Integer number -> whole(BigInteger.valueOf(number));
      case Long number -> whole(BigInteger.valueOf(number));
      case Double number -> new Real(number, false);
      case String text -> Text.plain(text);
      default ->
          throw new TemplateException(
              "the variable '%s' must be a string, a number or a truth value".formatted(name));
    };
  }
}
