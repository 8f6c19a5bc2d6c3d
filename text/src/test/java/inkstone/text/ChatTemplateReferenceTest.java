package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The same text as Transformers, letter for letter; see bench/fixtures. */
class ChatTemplateReferenceTest {

  static final Map<String, String> TOKENS =
      Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>", "pad_token", "<pad>");

  private static final JsonMapper JSON = new JsonMapper();
  private static final ZonedDateTime NOW = ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC);

  /** Adds strings to the result of {@code safe}, which escapes them as HTML in Jinja alone. */
  private static final String MARKUP = "meetkai-functionary-medium-v3.1.jinja";

  private static Path own() throws Exception {
    return Path.of(ChatTemplateReferenceTest.class.getResource("/templates/chat.jinja").toURI())
        .getParent();
  }

  @Test
  void templatesOfOurOwn() throws Exception {
    compare(own(), 5);
  }

  /** Templates of real models are not ours to keep; see bench/fixtures/README.md. */
  @Test
  void templatesOfRealModels() throws Exception {
    var folder = System.getenv("INKSTONE_CHAT_TEMPLATES");
    Assumptions.assumeTrue(folder != null, "INKSTONE_CHAT_TEMPLATES names no folder of templates");
    compare(Path.of(folder), 10);
  }

  private static void compare(Path folder, int atLeast) throws Exception {
    Map<String, JsonNode> cases = new HashMap<>();
    for (String line : Files.readAllLines(own().resolve("conversations.jsonl"))) {
      var node = JSON.readTree(line);
      cases.put(node.get("name").asString(), node);
    }
    var wrong = new ArrayList<String>();
    var templates = new TreeMap<String, Integer>();
    int rendered = 0;
    for (String line : Files.readAllLines(folder.resolve("expected.jsonl"))) {
      var expected = JSON.readTree(line);
      var name = expected.get("template").asString();
      var difference = difference(folder.resolve(name), cases, expected);
      templates.merge(name, difference.isEmpty() ? 0 : 1, Integer::sum);
      if (!difference.isEmpty() && !name.equals(MARKUP)) {
        wrong.add(name + ", " + expected.get("case").asString() + ": " + difference);
      }
      rendered += expected.has("text") ? 1 : 0;
    }
    long exact = templates.values().stream().filter(n -> n == 0).count();
    System.out.printf(
        "%d of %d templates exact, %d texts, %d differences%n",
        exact, templates.size(), rendered, wrong.size());
    assertTrue(templates.size() >= atLeast, () -> "only " + templates.keySet());
    assertEquals(List.of(), wrong);
  }

  private static String difference(Path file, Map<String, JsonNode> cases, JsonNode expected)
      throws IOException {
    var asked = cases.get(expected.get("case").asString());
    String text;
    try {
      var chat = render(ChatTemplate.of(Files.readString(file), TOKENS), asked);
      if (!expected.has("text")) {
        return "should fail with " + expected.get("error");
      }
      var ranges = new StringBuilder();
      for (var range : chat.generated()) {
        ranges.append(ranges.isEmpty() ? "" : ",").append(units(chat.text(), range));
      }
      text = chat.text();
      if (!asked.path("options").path("continue_final_message").asBoolean(false)
          && !("[" + ranges + "]").equals(expected.get("generated").toString())) {
        return "generated " + ranges + " for " + expected.get("generated");
      }
    } catch (TemplateException e) {
      return expected.has("text") ? String.valueOf(e.getMessage()) : "";
    }
    var wanted = expected.get("text").asString();
    if (text.equals(wanted)) {
      return "";
    }
    int at = 0;
    while (at < Math.min(text.length(), wanted.length()) && text.charAt(at) == wanted.charAt(at)) {
      at++;
    }
    int from = Math.max(0, at - 60);
    return "from %d: <%s> for <%s>"
        .formatted(
            at,
            text.substring(from, Math.min(text.length(), at + 60)),
            wanted.substring(from, Math.min(wanted.length(), at + 60)));
  }

  /** A range counted in characters, as Python does. */
  private static String units(String text, RenderedChat.Range range) {
    return "[%d,%d]"
        .formatted(text.codePointCount(0, range.from()), text.codePointCount(0, range.to()));
  }

  static RenderedChat render(ChatTemplate template, JsonNode asked) {
    var options = asked.path("options");
    var chosen =
        ChatOptions.DEFAULT
            .now(NOW)
            .generationPrompt(options.path("add_generation_prompt").asBoolean(true))
            .documents(asked.path("documents").valueStream().map(JsonNode::toString).toList());
    if (options.path("continue_final_message").asBoolean(false)) {
      chosen = chosen.continuing();
    }
    for (var entry : asked.path("variables").properties()) {
      if (!entry.getValue().isNull()) {
        chosen =
            chosen.variable(
                entry.getKey(),
                entry.getValue().isBoolean()
                    ? (Object) entry.getValue().asBoolean()
                    : entry.getValue().asString());
      }
    }
    return template.render(Conversation.parse(asked.toString()), chosen);
  }
}
