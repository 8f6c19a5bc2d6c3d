package inkstone.text;

import inkstone.text.PreTokenizer.ByteLevel;
import inkstone.text.PreTokenizer.Cut;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Builds the model of a {@code tokenizer.json} whose type is BPE. */
final class BpeReader {

  private final JsonNode model;
  private final Vocabulary vocabulary;
  private final Source source;
  private final Map<String, Integer> plain;

  BpeReader(JsonNode model, Vocabulary vocabulary, Source source) {
    this.model = model;
    this.vocabulary = vocabulary;
    this.source = source;
    plain = vocabulary.plain();
  }

  /** The fastest that does what {@code steps} and the model ask for. */
  TextModel read(List<PreTokenizer> steps) {
    String prefix = model.path("continuing_subword_prefix").asString("");
    String suffix = model.path("end_of_word_suffix").asString("");
    boolean fallback = source.flag(model, "model", "byte_fallback", false);
    boolean whole = source.flag(model, "model", "ignore_merges", false);
    int unknown = unknown();
    boolean bare = prefix.isEmpty() && suffix.isEmpty() && !fallback;
    if (bare && unknown < 0 && byteLevel(steps)) {
      return byteLevel(steps, whole);
    }
    int @Nullable [] bytes = fallback ? fallbackBytes(plain) : null;
    Merges merges = merges(prefix);
    if (bytes != null
        && merges.count() == 0
        && steps.isEmpty()
        && Arrays.stream(bytes).allMatch(id -> id >= 0)
        && prefix.isEmpty()
        && suffix.isEmpty()) {
      return characters(bytes);
    }
    var options =
        new CharacterBpe.Options(
            unknown, source.flag(model, "model", "fuse_unk", false), bytes, whole, prefix, suffix);
    var bpe = new CharacterBpe(plain, merges, options);
    if (whole || !prefix.isEmpty() || !suffix.isEmpty() || !partsAtMarks()) {
      return new Pipeline(steps, bpe);
    }
    var cut = new ArrayList<>(steps);
    cut.add(new Cut(Splitter.before(SentencePieceNormalizer.MARK)));
    return new Pipeline(cut, bpe);
  }

  /**
   * Whether no merge joins something before a mark with the mark: then words can be encoded one by
   * one, and remembered, without a change.
   */
  private boolean partsAtMarks() {
    if (!plain.containsKey(Character.toString(SentencePieceNormalizer.MARK))) {
      return false;
    }
    for (JsonNode node : model.path("merges")) {
      String[] pair = pair(node, 0);
      if (pair[1].charAt(0) == SentencePieceNormalizer.MARK
          && pair[0].charAt(pair[0].length() - 1) != SentencePieceNormalizer.MARK) {
        return false;
      }
    }
    return true;
  }

  private int unknown() {
    String token = model.path("unk_token").asString("");
    if (token.isEmpty()) {
      return -1;
    }
    Integer id = vocabulary.ids().get(token);
    if (id == null) {
      throw source.error("model.unk_token", "'%s' is not in model.vocab".formatted(token));
    }
    return id;
  }

  /** Whether bytes come last, after steps that keep every character. */
  private static boolean byteLevel(List<PreTokenizer> steps) {
    if (steps.isEmpty() || !(steps.getLast() instanceof ByteLevel last)) {
      return false;
    }
    return steps.subList(0, steps.size() - 1).stream().allMatch(Cut.class::isInstance)
        && !(last.prefixSpace() && steps.size() > 1);
  }

  private ByteLevelBpe byteLevel(List<PreTokenizer> steps, boolean wholePieces) {
    var splitters = new ArrayList<Splitter>();
    boolean prefixSpace = false;
    for (PreTokenizer step : steps) {
      if (step instanceof Cut cut) {
        splitters.add(cut.splitter());
      } else if (step instanceof ByteLevel last) {
        splitters.add(last.splitter());
        prefixSpace = last.prefixSpace();
      }
    }
    splitters.removeIf(splitter -> splitter == Splitter.WHOLE);
    int[] byteIds = new int[256];
    for (int b = 0; b < 256; b++) {
      byteIds[b] = byteId(b, ByteAlphabet.write(new byte[] {(byte) b}));
    }
    return new ByteLevelBpe(
        byteIds,
        merges(""),
        Splitter.chain(splitters),
        prefixSpace,
        wholePieces ? plain : Map.of());
  }

  private int byteId(int b, String token) {
    Integer id = vocabulary.ids().get(token);
    if (id == null) {
      if (b == 0xC0 || b == 0xC1 || b >= 0xF5) {
        return -1; // never part of UTF-8
      }
      if (b < ' ' || b > '~') {
        return -1; // SmolLM's vocabulary lacks some; as in the reference no token comes of them
      }
      throw source.error("model.vocab", "lacks '%s', the token of byte 0x%02X".formatted(token, b));
    }
    if (vocabulary.isSpecial(id)) {
      throw source.error(
          "added_tokens",
          "'%s' cannot be special: it is the only token of byte 0x%02X".formatted(token, b));
    }
    return id;
  }

  /** The ids of {@code <0x00>} to {@code <0xFF>}, negative for one that is not there. */
  static int[] fallbackBytes(Map<String, Integer> ids) {
    var bytes = new int[256];
    for (int b = 0; b < 256; b++) {
      bytes[b] = ids.getOrDefault(ByteFallbackStep.token(b), -1);
    }
    return bytes;
  }

  private Characters characters(int[] bytes) {
    var ids = new HashMap<Integer, Integer>();
    plain.forEach(
        (token, id) -> {
          if (token.codePointCount(0, token.length()) == 1) {
            ids.put(token.codePointAt(0), id);
          }
        });
    return new Characters(bytes, ids);
  }

  private Merges merges(String prefix) {
    JsonNode list = model.path("merges");
    if (!list.isArray()) {
      throw source.error("model.merges", "must be an array");
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
      String rest = pair[1].startsWith(prefix) ? pair[1].substring(prefix.length()) : pair[1];
      int id = known(pair[0] + rest, i);
      merged[i] = vocabulary.isSpecial(id) ? -1 : id;
      i++;
    }
    return new Merges(left, right, merged);
  }

  private String[] pair(JsonNode node, int index) {
    if (node.isArray()
        && node.size() == 2
        && !node.get(0).asString("").isEmpty()
        && !node.get(1).asString("").isEmpty()) {
      return new String[] {node.get(0).asString(""), node.get(1).asString("")};
    }
    String text = node.asString("");
    int space = text.indexOf(' ');
    if (space <= 0 || space == text.length() - 1 || space != text.lastIndexOf(' ')) {
      throw source.error("model.merges[%d]".formatted(index), "is not a pair of tokens: " + node);
    }
    return new String[] {text.substring(0, space), text.substring(space + 1)};
  }

  private int known(String token, int index) {
    Integer id = vocabulary.ids().get(token);
    if (id == null) {
      throw source.error(
          "model.merges[%d]".formatted(index),
          "needs the token '%s', which model.vocab lacks".formatted(token));
    }
    return id;
  }
}
