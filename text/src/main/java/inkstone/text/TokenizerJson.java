package inkstone.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Reads Hugging Face's {@code tokenizer.json}: byte-level BPE, and BPE over characters with byte
 * fallback and without merges. A post-processor only adds special tokens around a text; here
 * templates do that, so it is kept in the file and not run.
 */
final class TokenizerJson {

  /** Ids beyond this are taken for damage: arrays are as long as the highest id. */
  private static final int HIGHEST_ID = 1 << 24;

  private final byte[] json;
  private final String where;
  private final Map<String, Integer> vocabulary = new HashMap<>();
  private final List<AddedToken> added = new ArrayList<>();
  private final Set<Integer> special = new HashSet<>();

  private TokenizerJson(byte[] json, String where) {
    this.json = json;
    this.where = where;
  }

  /** Reads a file's bytes; {@code where} names it in messages. */
  static ComposedTokenizer read(byte[] json, String where) {
    return new TokenizerJson(json, where).read();
  }

  private ComposedTokenizer read() {
    JsonNode root = Json.object(json, where);
    JsonNode model = root.path("model");
    if (!model.isObject()) {
      throw error("model", "is missing; is this a tokenizer.json?");
    }
    String type = model.path("type").asString("BPE");
    if (!type.equals("BPE")) {
      throw unsupported("model.type", type, "BPE");
    }
    readVocabulary(model.path("vocab"));
    readAdded(root.path("added_tokens"));
    var forms = new ArrayList<Normalizer.Form>();
    readNormalizer(root.path("normalizer"), "normalizer", forms);
    refuseOptions(model);
    return model.path("byte_fallback").asBoolean(false)
        ? characters(root, model, forms)
        : byteLevel(root, model, forms);
  }

  private void readVocabulary(JsonNode node) {
    if (!node.isObject() || node.isEmpty()) {
      throw error("model.vocab", "must be an object from token to id, with an entry or more");
    }
    for (var entry : node.properties()) {
      vocabulary.put(entry.getKey(), id(entry.getValue(), "model.vocab", entry.getKey()));
    }
  }

  private int id(JsonNode node, String key, String token) {
    if (!node.isInt() || node.intValue() < 0 || node.intValue() > HIGHEST_ID) {
      throw error(key, "the id of '%s' is %s, not a number from 0".formatted(token, node));
    }
    return node.intValue();
  }

  private void readAdded(JsonNode list) {
    for (JsonNode node : list) {
      String content = node.path("content").asString("");
      if (content.isEmpty()) {
        throw error("added_tokens", "an entry has no content: " + node);
      }
      int id = id(node.path("id"), "added_tokens", content);
      Integer known = vocabulary.get(content);
      if (known != null && known != id) {
        throw error(
            "added_tokens",
            "'%s' has id %d here and %d in model.vocab".formatted(content, id, known));
      }
      // Some files forget to mark <|...|>, which nobody means as plain text.
      boolean control = content.startsWith("<|") && content.endsWith("|>");
      var token =
          new AddedToken(
              id,
              content,
              control || node.path("special").asBoolean(false),
              node.path("single_word").asBoolean(false),
              node.path("lstrip").asBoolean(false),
              node.path("rstrip").asBoolean(false),
              node.path("normalized").asBoolean(false));
      added.add(token);
      if (token.special()) {
        special.add(id);
      }
    }
  }

  private void readNormalizer(JsonNode node, String key, List<Normalizer.Form> forms) {
    if (absent(node)) {
      return;
    }
    String type = node.path("type").asString("");
    switch (type) {
      case "NFC", "NFD", "NFKC", "NFKD" -> forms.add(Normalizer.Form.valueOf(type));
      case "Sequence" -> {
        for (JsonNode step : node.path("normalizers")) {
          readNormalizer(step, key + ".normalizers", forms);
        }
      }
      default -> throw unsupported(key, type, "NFC, NFD, NFKC, NFKD and sequences of them");
    }
  }

  private void refuseOptions(JsonNode model) {
    for (String key : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      String value = model.path(key).asString("");
      if (!value.isEmpty()) {
        throw unsupported("model." + key, value, "none");
      }
    }
  }

  private ComposedTokenizer byteLevel(JsonNode root, JsonNode model, List<Normalizer.Form> forms) {
    var cutter = new PreTokenizerReader(where);
    cutter.read(root.path("pre_tokenizer"), "pre_tokenizer");
    if (!cutter.byteLevel()) {
      throw error("pre_tokenizer", "lacks ByteLevel: only byte-level BPE is supported");
    }
    requireDecoder(root, List.of("ByteLevel"));
    byte[][] tokens = tokens(ByteAlphabet::read);
    int[] byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = byteId(b, ByteAlphabet.write(new byte[] {(byte) b}));
    }
    Map<String, Integer> whole = Map.of();
    if (model.path("ignore_merges").asBoolean(false)) {
      whole = new HashMap<>(vocabulary);
      whole.values().removeAll(special);
    }
    var bpe =
        new ByteLevelBpe(
            byteIds, merges(model.path("merges")), cutter.splitter(), cutter.prefixSpace(), whole);
    return new ComposedTokenizer(bpe, tokens, added, forms, json);
  }

  private ComposedTokenizer characters(JsonNode root, JsonNode model, List<Normalizer.Form> forms) {
    if (!model.path("merges").isEmpty()) {
      throw unsupported("model.byte_fallback", "true with merges", "it without merges");
    }
    if (!absent(root.path("pre_tokenizer"))) {
      throw unsupported(
          "pre_tokenizer", root.path("pre_tokenizer").path("type").asString(""), "none here");
    }
    requireDecoder(root, List.of("ByteFallback", "Fuse"));
    byte[][] tokens = tokens(name -> new byte[0]);
    int[] byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = byteId(b, "<0x%02X>".formatted(b));
      if (byteIds[b] >= 0) {
        tokens[byteIds[b]] = new byte[] {(byte) b};
      }
    }
    var ids = new HashMap<Integer, Integer>();
    vocabulary.forEach(
        (token, id) -> {
          if (!special.contains(id) && token.codePointCount(0, token.length()) == 1) {
            ids.put(token.codePointAt(0), id);
          }
        });
    return new ComposedTokenizer(new Characters(byteIds, ids), tokens, added, forms, json);
  }

  private void requireDecoder(JsonNode root, List<String> expected) {
    JsonNode decoder = root.path("decoder");
    var types = new ArrayList<String>();
    if (decoder.path("type").asString("").equals("Sequence")) {
      decoder.path("decoders").forEach(step -> types.add(step.path("type").asString("")));
    } else if (!absent(decoder)) {
      types.add(decoder.path("type").asString(""));
    }
    if (!types.equals(expected)) {
      throw unsupported("decoder", String.join(", ", types), String.join(", ", expected));
    }
  }

  private interface TokenReader {
    /** The bytes of a written token, empty where they are those of its characters. */
    byte[] read(String token);
  }

  private byte[][] tokens(TokenReader reader) {
    int highest = -1;
    for (int id : vocabulary.values()) {
      highest = Math.max(highest, id);
    }
    for (AddedToken token : added) {
      highest = Math.max(highest, token.id());
    }
    var tokens = new byte[highest + 1][];
    vocabulary.forEach(
        (token, id) -> {
          if (tokens[id] != null) {
            throw error("model.vocab", "two tokens have the id " + id);
          }
          byte[] bytes = reader.read(token);
          tokens[id] = bytes.length > 0 ? bytes : token.getBytes(UTF_8);
        });
    for (AddedToken token : added) {
      boolean known = vocabulary.containsKey(token.content());
      if (!known && tokens[token.id()] != null) {
        throw error(
            "added_tokens",
            "'%s' has the id %d of another token".formatted(token.content(), token.id()));
      }
      tokens[token.id()] = token.special() ? new byte[0] : token.content().getBytes(UTF_8);
    }
    return tokens;
  }

  private int byteId(int b, String token) {
    Integer id = vocabulary.get(token);
    if (id == null) {
      if (b == 0xC0 || b == 0xC1 || b >= 0xF5) {
        return -1; // never part of UTF-8
      }
      boolean byteLevel = token.length() == 1;
      if (byteLevel && (b < ' ' || b > '~')) {
        return -1; // SmolLM's vocabulary lacks some; as in the reference no token comes of them
      }
      throw error("model.vocab", "lacks '%s', the token of byte 0x%02X".formatted(token, b));
    }
    if (special.contains(id)) {
      throw error(
          "added_tokens",
          "'%s' cannot be special: it is the only token of byte 0x%02X".formatted(token, b));
    }
    return id;
  }

  private Merges merges(JsonNode list) {
    if (!list.isArray()) {
      throw error("model.merges", "must be an array");
    }
    int count = list.size();
    var left = new int[count];
    var right = new int[count];
    var merged = new int[count];
    int i = 0;
    for (JsonNode node : list) {
      String[] pair = pair(node, i);
      left[i] = known(pair[0], i);
      right[i] = known(pair[1], i);
      int id = known(pair[0] + pair[1], i);
      merged[i] = special.contains(id) ? -1 : id;
      i++;
    }
    return new Merges(left, right, merged);
  }

  private String[] pair(JsonNode node, int index) {
    if (node.isArray() && node.size() == 2) {
      return new String[] {node.get(0).asString(""), node.get(1).asString("")};
    }
    String text = node.asString("");
    int space = text.indexOf(' ');
    if (space <= 0 || space == text.length() - 1 || space != text.lastIndexOf(' ')) {
      throw error("model.merges[%d]".formatted(index), "is not a pair of tokens: " + node);
    }
    return new String[] {text.substring(0, space), text.substring(space + 1)};
  }

  private int known(String token, int index) {
    Integer id = vocabulary.get(token);
    if (id == null) {
      throw error(
          "model.merges[%d]".formatted(index),
          "needs the token '%s', which model.vocab lacks".formatted(token));
    }
    return id;
  }

  static boolean absent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private TokenizerException error(String key, String problem) {
    return new TokenizerException("%s: %s %s".formatted(where, key, problem));
  }

  private TokenizerException unsupported(String key, String value, String supported) {
    return new TokenizerException(
        "%s: %s '%s' is not supported; supported: %s".formatted(where, key, value, supported));
  }
}
