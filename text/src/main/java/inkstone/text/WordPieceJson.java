package inkstone.text;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes the {@code tokenizer.json} of a BERT. */
final class WordPieceJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private WordPieceJson() {}

  /**
   * A tokenizer whose ids are the places of {@code tokens}; one that stands there twice keeps its
   * last place.
   *
   * @param special those of the tokens that text never yields, but for {@code [UNK]}
   */
  static byte[] write(List<String> tokens, List<String> special, ObjectNode normalizer) {
    ObjectNode vocabulary = NODES.objectNode();
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(tokens.get(id), id);
    }
    ObjectNode root = NODES.objectNode();
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (String token : special) {
      if (vocabulary.has(token)) {
        added.add(
            TokenizerJsonWriter.addedToken(token).put("id", vocabulary.get(token).intValue()));
      }
    }
    root.set("normalizer", normalizer);
    root.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    if (vocabulary.has("[CLS]") && vocabulary.has("[SEP]")) {
      root.set(
          "post_processor",
          around(vocabulary.get("[CLS]").intValue(), vocabulary.get("[SEP]").intValue()));
    } else {
      root.putNull("post_processor");
    }
    root.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
    ObjectNode model =
        root.putObject("model")
            .put("type", "WordPiece")
            .put("unk_token", "[UNK]")
            .put("continuing_subword_prefix", "##")
            .put("max_input_chars_per_word", 100);
    model.set("vocab", vocabulary);
    return TokenizerJsonWriter.bytes(root);
  }

  /** {@code [CLS] A [SEP]}, {@code [CLS] A [SEP] B [SEP]}. */
  private static ObjectNode around(int begin, int end) {
    ObjectNode template = NODES.objectNode().put("type", "TemplateProcessing");
    ArrayNode single = template.putArray("single");
    ArrayNode pair = template.putArray("pair");
    for (ArrayNode parts : List.of(single, pair)) {
      token(parts, "[CLS]", 0);
      text(parts, "A", 0);
      token(parts, "[SEP]", 0);
    }
    text(pair, "B", 1);
    token(pair, "[SEP]", 1);
    ObjectNode names = template.putObject("special_tokens");
    name(names, "[CLS]", begin);
    name(names, "[SEP]", end);
    return template;
  }

  private static void token(ArrayNode parts, String name, int type) {
    parts.addObject().putObject("SpecialToken").put("id", name).put("type_id", type);
  }

  private static void text(ArrayNode parts, String name, int type) {
    parts.addObject().putObject("Sequence").put("id", name).put("type_id", type);
  }

  private static void name(ObjectNode names, String name, int id) {
    ObjectNode entry = names.putObject(name).put("id", name);
    entry.putArray("ids").add(id);
    entry.putArray("tokens").add(name);
  }
}
