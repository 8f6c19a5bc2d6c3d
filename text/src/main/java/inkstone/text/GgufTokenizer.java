package inkstone.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The metadata {@code tokenizer.ggml.*} of a GGUF file put into the words of a {@code
 * tokenizer.json}, which is read from there: one reader for both.
 */
final class GgufTokenizer {

  private static final String KEY = "tokenizer.ggml.";
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Names of {@code tokenizer.ggml.pre} and the splits that they mean (llama.cpp, llm_load_vocab).
   */
  private static final Map<String, SplitPattern> SPLITS =
      Map.ofEntries(
          Map.entry("gpt-2", SplitPattern.GPT2),
          Map.entry("gpt2", SplitPattern.GPT2),
          Map.entry("phi-2", SplitPattern.GPT2),
          Map.entry("mpt", SplitPattern.GPT2),
          Map.entry("olmo", SplitPattern.GPT2),
          Map.entry("smollm", SplitPattern.GPT2),
          Map.entry("starcoder", SplitPattern.GPT2),
          Map.entry("refact", SplitPattern.GPT2),
          Map.entry("command-r", SplitPattern.GPT2),
          Map.entry("llama-bpe", SplitPattern.CL100K),
          Map.entry("llama3", SplitPattern.CL100K),
          Map.entry("llama-v3", SplitPattern.CL100K),
          Map.entry("dbrx", SplitPattern.CL100K),
          Map.entry("smaug-bpe", SplitPattern.CL100K),
          Map.entry("qwen2", SplitPattern.QWEN),
          Map.entry("stablelm2", SplitPattern.QWEN),
          Map.entry("megrez", SplitPattern.QWEN),
          Map.entry("deepseek-r1-qwen", SplitPattern.QWEN));

  /** Those that part every digit from its neighbours before. */
  private static final List<String> DIGITS = List.of("smollm", "starcoder", "refact", "command-r");

  /** Those that take a piece that is a token as it is, whatever the merges would make of it. */
  private static final List<String> WHOLE_PIECES = List.of("llama-bpe", "llama3", "llama-v3");

  private static final int NORMAL = 1;
  private static final int CONTROL = 3;
  private static final int USER_DEFINED = 4;
  private static final int UNUSED = 5;

  private final Map<String, Object> metadata;
  private final String where;
  private final List<String> tokens = new ArrayList<>();
  private final List<Integer> types = new ArrayList<>();
  private final Map<String, Integer> ids = new LinkedHashMap<>();

  private GgufTokenizer(Map<String, Object> metadata, String where) {
    this.metadata = metadata;
    this.where = where;
  }

  static Tokenizer open(Map<String, Object> metadata, String where) {
    return new GgufTokenizer(metadata, where).open();
  }

  private Tokenizer open() {
    readTokens();
    var kind = String.valueOf(metadata.get(KEY + "model"));
    var root =
        switch (kind) {
          case "gpt2" -> bytes();
          case "llama" -> pieces();
          default ->
              throw new TokenizerException(
                  "%s: %smodel '%s' is not supported; gpt2 and llama are"
                      .formatted(where, KEY, kind));
        };
    var added = root.putArray("added_tokens");
    for (int id = 0; id < tokens.size(); id++) {
      boolean control = types.get(id) == CONTROL || (kind.equals("llama") && types.get(id) == 2);
      if (control || types.get(id) == USER_DEFINED) {
        added.add(added(id, control));
      }
    }
    var read = TokenizerJson.read(JSON.writeValueAsBytes(root), where);
    return new ComposedTokenizer(read, JSON.writeValueAsBytes(config(root)));
  }

  private void readTokens() {
    var listed = list("tokens", String.class);
    var typed = metadata.containsKey(KEY + "token_type") ? list("token_type", Number.class) : null;
    if (listed.isEmpty() || (typed != null && typed.size() != listed.size())) {
      throw new TokenizerException(
          "%s: %d %stokens and another number of types; fetch or convert the file again"
              .formatted(where, listed.size(), KEY));
    }
    for (int id = 0; id < listed.size(); id++) {
      tokens.add(listed.get(id));
      types.add(typed == null ? NORMAL : typed.get(id).intValue());
      if (types.get(id) != UNUSED) {
        // Of two tokens that are written alike only the first can ever come of a text.
        ids.putIfAbsent(listed.get(id), id);
      }
    }
  }

  private <T> List<T> list(String name, Class<T> type) {
    if (!(metadata.get(KEY + name) instanceof List<?> values)) {
      throw new TokenizerException(
          "%s: there is no %s%s; this file has no vocabulary".formatted(where, KEY, name));
    }
    var list = new ArrayList<T>();
    for (var value : values) {
      if (!type.isInstance(value)) {
        throw new TokenizerException(
            "%s: %s%s holds %s, no %s".formatted(where, KEY, name, value, type.getSimpleName()));
      }
      list.add(type.cast(value));
    }
    return list;
  }

  /** Byte-level BPE. */
  private ObjectNode bytes() {
    var pre = String.valueOf(metadata.getOrDefault(KEY + "pre", "gpt-2"));
    var split = SPLITS.get(pre);
    if (split == null) {
      throw new TokenizerException(
          "%s: %spre '%s' is not supported; supported: %s"
              .formatted(where, KEY, pre, SPLITS.keySet().stream().sorted().toList()));
    }
    var root =
        Json.object(
            TokenizerJsonWriter.byteLevel(ids, list("merges", String.class), List.of(), split),
            where);
    if (DIGITS.contains(pre)) {
      var digits = NODES.objectNode().put("type", "Digits").put("individual_digits", true);
      var both = NODES.objectNode().put("type", "Sequence");
      both.putArray("pretokenizers").add(digits).add(root.get("pre_tokenizer"));
      root.set("pre_tokenizer", both);
    }
    if (WHOLE_PIECES.contains(pre) && root.get("model") instanceof ObjectNode model) {
      model.put("ignore_merges", true);
    }
    return root;
  }

  /** SentencePiece's BPE: spaces are U+2581, what is no token is spelt in bytes. */
  private ObjectNode pieces() {
    var merges = merges();
    var root = NODES.objectNode().put("version", "1.0").putNull("truncation").putNull("padding");
    var model = NODES.objectNode().put("type", "BPE").putNull("dropout");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", true).put("byte_fallback", true).put("ignore_merges", false);
    boolean prefix = !Boolean.FALSE.equals(metadata.get(KEY + "add_space_prefix"));
    boolean plain = merges.isEmpty() && !prefix;
    var vocabulary = NODES.objectNode();
    ids.forEach((token, id) -> vocabulary.put(plain ? token.replace('\u2581', ' ') : token, id));
    model.set("vocab", vocabulary);
    model.set("merges", merges);
    var decoders = NODES.arrayNode();
    root.putNull("normalizer").putNull("pre_tokenizer").putNull("post_processor");
    if (!plain) {
      var steps = NODES.arrayNode();
      if (prefix) {
        steps.add(NODES.objectNode().put("type", "Prepend").put("prepend", "\u2581"));
      }
      steps.add(replace(" ", "\u2581"));
      root.putObject("normalizer").put("type", "Sequence").set("normalizers", steps);
      decoders.add(replace("\u2581", " "));
    }
    decoders.add(NODES.objectNode().put("type", "ByteFallback"));
    decoders.add(NODES.objectNode().put("type", "Fuse"));
    if (prefix) {
      decoders.add(
          NODES
              .objectNode()
              .put("type", "Strip")
              .put("content", " ")
              .put("start", 1)
              .put("stop", 0));
    }
    root.putObject("decoder").put("type", "Sequence").set("decoders", decoders);
    var unknown = metadata.get(KEY + "unknown_token_id");
    if (unknown instanceof Number id && id.intValue() < tokens.size() && id.intValue() >= 0) {
      model.put("unk_token", tokens.get(id.intValue()));
    }
    root.set("model", model);
    return root;
  }

  private static ObjectNode replace(String from, String to) {
    var replace = NODES.objectNode().put("type", "Replace");
    replace.putObject("pattern").put("String", from);
    return replace.put("content", to);
  }

  private record Merge(String left, String right, double score) {}

  /**
   * Every way in which two tokens make a third, that with the best score first: joining the best
   * pair of neighbours over and over is what merges in this order do.
   */
  private ArrayNode merges() {
    var scores = list("scores", Number.class);
    var merges = new ArrayList<Merge>();
    for (int id = 0; id < Math.min(tokens.size(), scores.size()); id++) {
      var token = tokens.get(id);
      if (types.get(id) == NORMAL) {
        for (int cut = 1; cut < token.length(); cut++) {
          var left = token.substring(0, cut);
          var right = token.substring(cut);
          if (ids.containsKey(left) && ids.containsKey(right)) {
            merges.add(new Merge(left, right, scores.get(id).doubleValue()));
          }
        }
      }
    }
    merges.sort(Comparator.comparingDouble(Merge::score).reversed());
    var array = NODES.arrayNode();
    merges.forEach(merge -> array.addArray().add(merge.left()).add(merge.right()));
    return array;
  }

  private ObjectNode added(int id, boolean special) {
    return NODES
        .objectNode()
        .put("id", id)
        .put("content", tokens.get(id))
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", special);
  }

  /** What tokenizer_config.json would say. */
  private ObjectNode config(ObjectNode root) {
    var config = NODES.objectNode();
    var decoder = NODES.objectNode();
    for (var token : root.path("added_tokens")) {
      var copy = ((ObjectNode) token).deepCopy();
      copy.remove("id");
      decoder.set(token.path("id").asString(), copy);
    }
    config.set("added_tokens_decoder", decoder);
    config.put("clean_up_tokenization_spaces", false);
    var names = new LinkedHashMap<String, String>();
    names.put("bos_token", "bos_token_id");
    names.put("eos_token", "eos_token_id");
    names.put("unk_token", "unknown_token_id");
    names.put("pad_token", "padding_token_id");
    names.forEach(
        (token, key) -> {
          if (metadata.get(KEY + key) instanceof Number id
              && id.longValue() >= 0
              && id.longValue() < tokens.size()) {
            config.put(token, tokens.get(id.intValue()));
          }
        });
    if (metadata.get(KEY + "add_bos_token") instanceof Boolean add) {
      config.put("add_bos_token", add);
    }
    if (metadata.get("tokenizer.chat_template") instanceof String template) {
      config.put("chat_template", template);
    }
    return config.put("tokenizer_class", "PreTrainedTokenizerFast");
  }
}
