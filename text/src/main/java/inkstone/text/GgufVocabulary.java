package inkstone.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * A tokenizer as the metadata of a GGUF file, {@code tokenizer.ggml.*}: byte-level BPE as kind
 * {@code gpt2} with its merges and the name of its split, BPE over characters as kind {@code llama}
 * with scores.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md#tokenizer">the keys</a>
 */
public final class GgufVocabulary {

  private static final String KEY = "tokenizer.ggml.";

  /** Types of tokens: llama.cpp's enum llama_token_type. */
  private static final int NORMAL = 1;

  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;
  private static final int BYTE = 6;

  private final JsonNode root;
  private final JsonNode config;
  private final String[] tokens;
  private final Integer[] types;
  private final Map<String, Integer> ids = new HashMap<>();

  private GgufVocabulary(JsonNode root, JsonNode config, int size) {
    this.root = root;
    this.config = config;
    this.tokens = new String[size];
    this.types = new Integer[size];
  }

  /**
   * The metadata of a tokenizer.
   *
   * @param size the rows of the network's embedding: rows without a token are named unused
   * @throws TokenizerException where llama.cpp has no such tokenizer; the message says what it
   *     lacks
   */
  public static Map<String, Object> of(Tokenizer tokenizer, int size) {
    if (!(tokenizer instanceof ComposedTokenizer composed)) {
      throw new TokenizerException("only a tokenizer with a tokenizer.json can be written as GGUF");
    }
    if (tokenizer.vocabularySize() > size) {
      throw new TokenizerException(
          "%d tokens do not fit a network with %d rows"
              .formatted(tokenizer.vocabularySize(), size));
    }
    var vocabulary =
        new GgufVocabulary(
            Json.object(composed.json(), "tokenizer.json"),
            Json.object(composed.config(), "tokenizer_config.json"),
            size);
    return vocabulary.metadata();
  }

  private Map<String, Object> metadata() {
    var model = root.path("model");
    if (!model.path("type").asString("BPE").equals("BPE")) {
      throw new TokenizerException(
          "a tokenizer of type %s cannot be written as GGUF yet; BPE can"
              .formatted(model.path("type").asString()));
    }
    boolean characters = model.path("byte_fallback").asBoolean(false);
    read(characters);
    var metadata = new LinkedHashMap<String, Object>();
    if (characters) {
      metadata.put(KEY + "model", "llama");
      metadata.put(KEY + "pre", "default");
      metadata.put(KEY + "add_space_prefix", prefixed(root));
      metadata.put(KEY + "scores", scores());
    } else {
      metadata.put(KEY + "model", "gpt2");
      metadata.put(KEY + "pre", split());
      metadata.put(KEY + "merges", merges());
    }
    metadata.put(KEY + "tokens", List.of(tokens));
    metadata.put(KEY + "token_type", List.of(types));
    for (var name : List.of("bos", "eos", "unk", "pad")) {
      var token = config.path(name + "_token");
      var content = token.isObject() ? token.path("content") : token;
      var id = ids.get(content.asString(""));
      if (id != null) {
        var key = KEY + (name.equals("unk") ? "unknown" : name.equals("pad") ? "padding" : name);
        metadata.put(key + "_token_id", (long) id);
      }
    }
    metadata.put(KEY + "add_bos_token", config.path("add_bos_token").asBoolean(false));
    metadata.put(KEY + "add_eos_token", config.path("add_eos_token").asBoolean(false));
    if (config.path("chat_template").isString()) {
      metadata.put("tokenizer.chat_template", config.path("chat_template").asString());
    }
    return metadata;
  }

  private void read(boolean characters) {
    var unknown = root.path("model").path("unk_token").asString("");
    for (var entry : root.path("model").path("vocab").properties()) {
      var token = entry.getKey();
      int type =
          characters && token.matches("<0x[0-9A-F]{2}>")
              ? BYTE
              : token.equals(unknown) ? UNKNOWN : NORMAL;
      // llama.cpp writes U+2581 for a space in every text that it cuts this way.
      put(entry.getValue().asInt(), token, characters ? token.replace(' ', '\u2581') : token, type);
    }
    for (var entry : root.path("added_tokens")) {
      var token = entry.path("content").asString("");
      boolean special =
          entry.path("special").asBoolean(false)
              || (token.startsWith("<|") && token.endsWith("|>"));
      int type = token.equals(unknown) ? UNKNOWN : special ? CONTROL : USER_DEFINED;
      put(entry.path("id").asInt(), token, token, type);
    }
    for (int id = 0; id < tokens.length; id++) {
      if (types[id] == null) {
        tokens[id] = "[PAD%d]".formatted(id);
        types[id] = UNUSED;
      }
    }
  }

  private void put(int id, String token, String written, int type) {
    ids.put(token, id);
    tokens[id] = written;
    types[id] = type;
  }

  private List<String> merges() {
    var merges = new ArrayList<String>();
    for (var merge : root.path("model").path("merges")) {
      merges.add(
          merge.isArray()
              ? merge.path(0).asString() + " " + merge.path(1).asString()
              : merge.asString());
    }
    return merges;
  }

  /**
   * Pairs with the highest score are joined first: minus the rank of the merge that makes a token,
   * and far below it for what no merge makes.
   */
  private List<Float> scores() {
    var scores = new Float[tokens.length];
    int rank = 0;
    for (var merge : merges()) {
      int cut = merge.indexOf(' ');
      var id = ids.get(merge.substring(0, cut) + merge.substring(cut + 1));
      if (id != null && scores[id] == null) {
        scores[id] = -(float) rank;
      }
      rank++;
    }
    for (int id = 0; id < scores.length; id++) {
      if (scores[id] == null) {
        scores[id] = types[id] == NORMAL ? -1e6f : 0f;
      }
    }
    return Collections.unmodifiableList(Arrays.asList(scores));
  }

  /** Whether a text that begins without a space gets one. */
  private static boolean prefixed(JsonNode node) {
    boolean here =
        node.path("type").asString("").equals("Prepend")
            || (node.path("type").asString("").equals("Metaspace")
                && !node.path("prepend_scheme").asString("always").equals("never"));
    return here
        || prefixed(node.path("normalizer"), "normalizers")
        || prefixed(node.path("pre_tokenizer"), "pretokenizers");
  }

  private static boolean prefixed(JsonNode node, String parts) {
    if (node.isMissingNode() || node.isNull()) {
      return false;
    }
    for (var part : node.path(parts)) {
      if (prefixed(part)) {
        return true;
      }
    }
    return prefixed(node);
  }

  /** llama.cpp's name of the way in which the text is cut before the merges. */
  private String split() {
    var node = root.path("pre_tokenizer");
    var parts = new ArrayList<JsonNode>();
    if (node.path("type").asString("").equals("Sequence")) {
      node.path("pretokenizers").forEach(parts::add);
    } else {
      parts.add(node);
    }
    var last = parts.removeLast();
    if (!last.path("type").asString("").equals("ByteLevel")) {
      throw unknownSplit(node);
    }
    var patterns = new ArrayList<>(parts.stream().map(GgufVocabulary::pattern).toList());
    if (last.path("use_regex").asBoolean(true)) {
      patterns.add(SplitPattern.GPT2.regex());
    }
    boolean whole = root.path("model").path("ignore_merges").asBoolean(false);
    return GgufSplits.named(patterns, whole).orElseThrow(() -> unknownSplit(node));
  }

  /** The regular expression by which a step cuts; empty where it does something else. */
  private static String pattern(JsonNode step) {
    if (step.path("type").asString("").equals("Digits")) {
      return step.path("individual_digits").asBoolean(false) ? GgufSplits.DIGIT : "";
    }
    return step.path("pattern").path("Regex").asString("");
  }

  private static TokenizerException unknownSplit(JsonNode node) {
    return new TokenizerException(
        "llama.cpp has no name for this pre_tokenizer: %s; known are %s"
            .formatted(node, String.join(", ", GgufSplits.WRITTEN)));
  }
}
