package inkstone.text;

import inkstone.text.PostProcessor.Part;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads the {@code post_processor} of a {@code tokenizer.json}. */
final class PostProcessorReader {

  private static final String KNOWN =
      "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel, Sequence";

  private static final Part FIRST = new Part.Text(false, 0);

  private final Source source;
  private final int size;

  /**
   * @param size the number of ids
   */
  PostProcessorReader(Source source, int size) {
    this.source = source;
    this.size = size;
  }

  /** The component at {@code key}; {@link PostProcessor#NONE} where it is absent. */
  PostProcessor read(JsonNode node, String key) {
    if (Source.absent(node)) {
      return PostProcessor.NONE;
    }
    String type = Source.type(node);
    return switch (type) {
      case "ByteLevel" -> PostProcessor.NONE; // it only trims offsets
      case "TemplateProcessing" ->
          new PostProcessor(template(node, key, "single"), template(node, key, "pair"));
      case "BertProcessing" -> classifier(node, key, List.of(), 1);
      case "RobertaProcessing" ->
          classifier(node, key, List.of(new Part.Token(named(node, key, "sep"), 0)), 0);
      case "Sequence" -> sequence(node, key);
      default -> throw source.unsupported(key, type, KNOWN);
    };
  }

  private PostProcessor sequence(JsonNode node, String key) {
    PostProcessor result = PostProcessor.NONE;
    int i = 0;
    for (JsonNode step : node.path("processors")) {
      String at = "%s.processors[%d]".formatted(key, i++);
      PostProcessor next = read(step, at);
      if (next.equals(PostProcessor.NONE)) {
        continue;
      }
      if (!result.equals(PostProcessor.NONE)) {
        throw source.unsupported(at, Source.type(step), "one processor that adds tokens");
      }
      result = next;
    }
    return result;
  }

  /** {@code [CLS] A [SEP]} and {@code [CLS] A [SEP] between B [SEP]}. */
  private PostProcessor classifier(JsonNode node, String key, List<Part> between, int second) {
    var begin = new Part.Token(named(node, key, "cls"), 0);
    int end = named(node, key, "sep");
    var single = List.of(begin, FIRST, new Part.Token(end, 0));
    var pair = new ArrayList<Part>(single);
    pair.addAll(between);
    pair.add(new Part.Text(true, second));
    pair.add(new Part.Token(end, second));
    return new PostProcessor(single, pair);
  }

  /** The id in {@code ["[SEP]", 102]}. */
  private int named(JsonNode node, String key, String name) {
    return id(node.path(name).path(1), key + "." + name);
  }

  private int id(JsonNode node, String key) {
    if (!node.isInt() || node.intValue() < 0 || node.intValue() >= size) {
      throw source.error(key, "must name an id of the vocabulary, but has " + node);
    }
    return node.intValue();
  }

  private List<Part> template(JsonNode node, String key, String name) {
    var parts = new ArrayList<Part>();
    String at = key + "." + name;
    for (JsonNode part : node.path(name)) {
      JsonNode text = part.path("Sequence");
      JsonNode token = part.path("SpecialToken");
      if (text.isObject()) {
        parts.add(
            new Part.Text(
                text.path("id").asString("").equals("B"), source.count(text, at, "type_id")));
      } else if (token.isObject()) {
        int type = source.count(token, at, "type_id");
        String content = source.text(token, at, "id");
        JsonNode ids = node.path("special_tokens").path(content).path("ids");
        if (!ids.isArray() || ids.isEmpty()) {
          throw source.error(key + ".special_tokens", "has no ids for '%s'".formatted(content));
        }
        for (JsonNode id : ids) {
          parts.add(new Part.Token(id(id, key + ".special_tokens"), type));
        }
      } else {
        throw source.unsupported(at, part.toString(), "Sequence, SpecialToken");
      }
    }
    return parts;
  }
}
