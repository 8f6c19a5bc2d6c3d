package inkstone.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/** The stages of a {@code tokenizer.json} put together: added tokens, normaliser, model. */
final class ComposedTokenizer implements Tokenizer {

  /** Texts longer than this many UTF-16 units are encoded by several threads. */
  private static final int LONG_TEXT = 1 << 18;

  private static final int CHUNK = 1 << 16;
  private static final byte[] NOTHING = {};

  private final TextModel model;
  private final byte[][] tokens;
  private final Map<String, Integer> special;
  private final AddedTokens inRawText;
  private final AddedTokens inNormalizedText;
  private final List<Normalizer.Form> forms;
  private final byte[] json;
  private final Optional<byte[]> config;

  /**
   * @param tokens the bytes of each id, null for one that is not used
   * @param json the {@code tokenizer.json} that says all of this
   */
  ComposedTokenizer(
      TextModel model,
      byte[][] tokens,
      List<AddedToken> added,
      List<Normalizer.Form> forms,
      byte[] json) {
    this.model = model;
    this.tokens = tokens;
    this.forms = forms;
    this.json = json;
    this.config = Optional.empty();
    var names = new LinkedHashMap<String, Integer>();
    for (AddedToken token : added) {
      if (token.special()) {
        names.put(token.content(), token.id());
      }
    }
    special = Collections.unmodifiableMap(names);
    boolean late = !forms.isEmpty();
    inRawText = new AddedTokens(added.stream().filter(t -> !(late && t.normalized())).toList());
    inNormalizedText = new AddedTokens(added.stream().filter(t -> late && t.normalized()).toList());
  }

  /** The same tokenizer with the {@code tokenizer_config.json} that lay beside it. */
  ComposedTokenizer(ComposedTokenizer other, byte[] config) {
    model = other.model;
    tokens = other.tokens;
    special = other.special;
    inRawText = other.inRawText;
    inNormalizedText = other.inNormalizedText;
    forms = other.forms;
    json = other.json;
    this.config = Optional.of(config);
  }

  @Override
  public int[] encode(String text) {
    return encodeTemplate(List.of(Span.plain(text)));
  }

  @Override
  public int[] encodeTemplate(List<Span> spans) {
    boolean anyTrusted = spans.stream().anyMatch(Span::trusted);
    var joined = spans.size() == 1 ? spans.getFirst().text() : join(spans);
    var ids = new IntList(joined.length() / 3);
    if (!anyTrusted && !inRawText.inPlainText() && !inNormalizedText.inPlainText()) {
      encodeSegment(normalize(joined), ids);
      return ids.toArray();
    }
    var trust = new TrustedRanges(spans);
    int from = 0;
    for (AddedTokens.Match match : inRawText.find(joined, trust)) {
      encodeRaw(joined, from, match.start(), trust, ids);
      ids.add(match.token().id());
      from = match.end();
    }
    encodeRaw(joined, from, joined.length(), trust, ids);
    return ids.toArray();
  }

  private static String join(List<Span> spans) {
    var text = new StringBuilder();
    spans.forEach(span -> text.append(span.text()));
    return text.toString();
  }

  private void encodeRaw(String text, int from, int to, TrustedRanges trust, IntList ids) {
    if (from == to) {
      return;
    }
    boolean trusted = trust.covers(from, to);
    String normalized = normalize(text.substring(from, to));
    int at = 0;
    for (AddedTokens.Match match : inNormalizedText.find(normalized, (s, e) -> trusted)) {
      encodeSegment(normalized.substring(at, match.start()), ids);
      ids.add(match.token().id());
      at = match.end();
    }
    encodeSegment(normalized.substring(at), ids);
  }

  private String normalize(String text) {
    String result = text;
    for (Normalizer.Form form : forms) {
      if (!Normalizer.isNormalized(result, form)) {
        result = Normalizer.normalize(result, form);
      }
    }
    return result;
  }

  private void encodeSegment(String text, IntList ids) {
    char[] units = text.toCharArray();
    if (units.length <= LONG_TEXT || !model.cutsAtLines()) {
      model.encode(units, 0, units.length, ids);
      return;
    }
    List<Integer> cuts = cutAtLines(units);
    IntStream.range(0, cuts.size() - 1)
        .parallel()
        .mapToObj(
            i -> {
              var part = new IntList(CHUNK / 3);
              model.encode(units, cuts.get(i), cuts.get(i + 1), part);
              return part.toArray();
            })
        .toList()
        .forEach(ids::addAll);
  }

  /** Where {@code text} can be cut without a change of its ids, 0 and its length included. */
  static List<Integer> cutAtLines(char[] text) {
    var cuts = new ArrayList<Integer>();
    cuts.add(0);
    for (int at = CHUNK; at < text.length; at++) {
      if (text[at - 1] == '\n' && !isSpace(text[at - 2]) && !isSpace(text[at])) {
        cuts.add(at);
        at += CHUNK;
      }
    }
    cuts.add(text.length);
    return cuts;
  }

  private static boolean isSpace(char unit) {
    return CharacterClass.ofUnit(unit) == CharacterClass.SPACE;
  }

  @Override
  public String decode(int... ids) {
    var bytes = new ByteArrayOutputStream(ids.length * 4);
    for (int id : ids) {
      bytes.writeBytes(token(id));
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] bytes(int id) {
    return token(id).clone();
  }

  private byte[] token(int id) {
    if (id < 0 || id >= tokens.length) {
      throw new TokenizerException(
          "token id %d is outside the vocabulary, [0, %d)".formatted(id, tokens.length));
    }
    return Objects.requireNonNullElse(tokens[id], NOTHING);
  }

  @Override
  public int vocabularySize() {
    return tokens.length;
  }

  @Override
  public Map<String, Integer> special() {
    return special;
  }

  @Override
  public String sha256() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The {@code tokenizer.json} that says all of this. */
  byte[] json() {
    return json;
  }

  /** The {@code tokenizer_config.json} beside it. */
  byte[] config() {
    return config.orElseGet(() -> TokenizerJsonWriter.config(special));
  }

  @Override
  public void save(Path directory) {
    TokenizerFiles.save(
        directory, json, config.orElseGet(() -> TokenizerJsonWriter.config(special)));
  }
}
