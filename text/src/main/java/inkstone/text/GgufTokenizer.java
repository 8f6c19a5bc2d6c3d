package inkstone.text;

import inkstone.text.SentencePieceModel.Algorithm;
import inkstone.text.SentencePieceModel.Kind;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

  private static final int NORMAL = 1;
  private static final int UNKNOWN = 2;
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
    return switch (kind) {
      case "gpt2" -> json(bytes(), false);
      case "llama" -> hasMerges() ? sentencePiece(Algorithm.BPE) : json(pieces(), true);
      case "t5" -> sentencePiece(Algorithm.UNIGRAM);
      case "bert" -> words();
      default ->
          throw new TokenizerException(
              "%s: %smodel '%s' is not supported; supported: gpt2, llama, t5, bert"
                  .formatted(where, KEY, kind));
    };
  }

  private Tokenizer json(ObjectNode root, boolean unknownIsControl) {
    var added = root.putArray("added_tokens");
    for (int id = 0; id < tokens.size(); id++) {
      boolean control = types.get(id) == CONTROL || (unknownIsControl && types.get(id) == UNKNOWN);
      if (control || types.get(id) == USER_DEFINED) {
        added.add(added(id, control));
      }
    }
    // Written out only when it is saved: a start must not wait for it.
    var read = TokenizerJson.read(root, () -> JSON.writeValueAsBytes(root), where);
    return new ComposedTokenizer(read, JSON.writeValueAsBytes(config(added)));
  }

  /** A space before the text or a merge: else it is a character tokenizer. */
  private boolean hasMerges() {
    return flag("add_space_prefix", true)
        || tokens.stream().anyMatch(t -> t.length() == 2 && t.codePointCount(0, 2) == 2);
  }

  private boolean flag(String name, boolean otherwise) {
    return metadata.get(KEY + name) instanceof Boolean value ? value : otherwise;
  }

  /** The model that the file was made of, as far as it is told. */
  private Tokenizer sentencePiece(Algorithm algorithm) {
    var scores = list("scores", Number.class);
    if (scores.size() != tokens.size()) {
      throw new TokenizerException(
          "%s: %d %stokens and %d scores; fetch or convert the file again"
              .formatted(where, tokens.size(), KEY, scores.size()));
    }
    var pieces = new ArrayList<SentencePieceModel.Piece>();
    boolean bytes = false;
    for (int id = 0; id < tokens.size(); id++) {
      int type = types.get(id);
      if (type < 1 || type > Kind.values().length) {
        throw new TokenizerException(
            "%s: %stoken_type %d of token %d is not known".formatted(where, KEY, type, id));
      }
      if (type == UNKNOWN && id != unknown()) {
        type = CONTROL; // a placeholder, as Phi-3's file has some
      }
      boolean first = Integer.valueOf(id).equals(ids.get(tokens.get(id)));
      var kind = first ? Kind.values()[type - 1] : Kind.UNUSED;
      pieces.add(new SentencePieceModel.Piece(tokens.get(id), scores.get(id).floatValue(), kind));
      bytes |= kind == Kind.BYTE;
    }
    var model =
        new SentencePieceModel(
            pieces,
            algorithm,
            bytes,
            flag("treat_whitespace_as_suffix", false),
            SentencePieceModel.UNKNOWN_SURFACE,
            charsmap(),
            flag("add_space_prefix", true),
            flag("remove_extra_whitespaces", false),
            flag("escape_whitespaces", true));
    var read = SentencePiece.tokenizer(model, where);
    var added = NODES.arrayNode();
    read.special().forEach((name, id) -> added.add(added(id, true)));
    return new ComposedTokenizer(read, JSON.writeValueAsBytes(config(added)));
  }

  private int unknown() {
    return metadata.get(KEY + "unknown_token_id") instanceof Number id ? id.intValue() : 0;
  }

  private byte[] charsmap() {
    var value = metadata.get(KEY + "precompiled_charsmap");
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    if (value == null) {
      return new byte[0];
    }
    var numbers = list("precompiled_charsmap", Number.class);
    var bytes = new byte[numbers.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = numbers.get(i).byteValue();
    }
    return bytes;
  }

  /** WordPiece: where a file has U+2581 before a word, BERT has ## before what is none. */
  private Tokenizer words() {
    boolean marked = tokens.stream().anyMatch(t -> t.startsWith("\u2581"));
    var written = new ArrayList<String>();
    var special = new ArrayList<String>();
    for (int id = 0; id < tokens.size(); id++) {
      var token = tokens.get(id);
      boolean control = types.get(id) == CONTROL || types.get(id) == UNKNOWN;
      if (control || token.matches("\\[(UNK|CLS|SEP|PAD|MASK)]")) {
        special.add(token);
      } else if (marked) {
        token = token.startsWith("\u2581") ? token.substring(1) : "##" + token;
      }
      written.add(token);
    }
    if (!written.contains("[UNK]")) {
      throw new TokenizerException(
          "%s: %stokens lacks '[UNK]', which a vocabulary of the model 'bert' needs"
              .formatted(where, KEY));
    }
    var cleaning = NODES.objectNode().put("type", "BertNormalizer").put("clean_text", true);
    cleaning.put("handle_chinese_chars", true).putNull("strip_accents");
    cleaning.put("lowercase", !VocabularyText.hasCapitals(written));
    var read = TokenizerJson.read(WordPieceJson.write(written, special, cleaning), where);
    var added = NODES.arrayNode();
    read.special().forEach((name, id) -> added.add(added(id, true)));
    return new ComposedTokenizer(read, JSON.writeValueAsBytes(config(added)));
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

  /** Arrays of numbers or strings count as lists. */
  private static @Nullable Object boxed(@Nullable Object value) {
    if (value == null || !value.getClass().isArray()) {
      return value;
    }
    var list = new ArrayList<Object>();
    for (int i = 0; i < Array.getLength(value); i++) {
      list.add(Array.get(value, i));
    }
    return list;
  }

  private <T> List<T> list(String name, Class<T> type) {
    if (!(boxed(metadata.get(KEY + name)) instanceof List<?> values)) {
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
    var splits = GgufSplits.of(pre);
    if (splits.isEmpty()) {
      throw new TokenizerException(
          "%s: %spre '%s' is not supported; supported: %s"
              .formatted(where, KEY, pre, String.join(", ", GgufSplits.names())));
    }
    // Qwen's normalises; how it cuts is said below.
    var pattern =
        splits.contains(SplitPattern.QWEN.regex()) ? SplitPattern.QWEN : SplitPattern.GPT2;
    var root =
        TokenizerJsonWriter.byteLevelTree(ids, list("merges", String.class), List.of(), pattern);
    if (!splits.equals(List.of(pattern.regex()))) {
      root.set("pre_tokenizer", TokenizerJsonWriter.splits(splits));
    }
    if (GgufSplits.takesWholePieces(pre) && root.get("model") instanceof ObjectNode model) {
      model.put("ignore_merges", true);
    }
    return root;
  }

  /** Characters, each a token; spaces are U+2581, what is no token is spelt in bytes. */
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
  private ObjectNode config(ArrayNode added) {
    var config = NODES.objectNode();
    var decoder = NODES.objectNode();
    for (var token : added) {
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
    } else if ("llama".equals(metadata.get(KEY + "model"))) {
      config.put("add_bos_token", true); // what llama.cpp does where a file of this kind is silent
    }
    if (metadata.get("tokenizer.chat_template") instanceof String template) {
      config.put("chat_template", template);
    }
    return config.put("tokenizer_class", "PreTrainedTokenizerFast");
  }
}
