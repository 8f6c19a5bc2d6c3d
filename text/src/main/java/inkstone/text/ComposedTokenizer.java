package inkstone.text;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The stages of a {@code tokenizer.json} put together: added tokens, normaliser, model. */
final class ComposedTokenizer implements Tokenizer {

  /** Texts longer than this many UTF-16 units are encoded by several threads. */
  private static final int LONG_TEXT = 1 << 18;

  private static final int CHUNK = 1 << 16;

  private final TextModel model;
  private final Decoding decoding;
  private final Map<String, Integer> special;
  private final AddedTokens inRawText;
  private final AddedTokens inNormalizedText;
  private final TextNormalizer normalizer;
  private final PostProcessor postProcessor;
  private final Supplier<byte[]> json;
  private final Optional<byte[]> config;

  /**
   * @param json gives the {@code tokenizer.json} that says all of this, the same bytes every time
   */
  ComposedTokenizer(
      TextModel model,
      Decoding decoding,
      List<AddedToken> added,
      TextNormalizer normalizer,
      PostProcessor postProcessor,
      Supplier<byte[]> json) {
    this.model = model;
    this.decoding = decoding;
    this.normalizer = normalizer;
    this.postProcessor = postProcessor;
    this.json = json;
    this.config = Optional.empty();
    var names = new LinkedHashMap<String, Integer>();
    for (AddedToken token : added) {
      if (token.special()) {
        names.put(token.content(), token.id());
      }
    }
    special = Collections.unmodifiableMap(names);
    boolean late = normalizer != TextNormalizer.NONE;
    inRawText = new AddedTokens(added.stream().filter(t -> !(late && t.normalized())).toList());
    inNormalizedText =
        new AddedTokens(
            added.stream()
                .filter(t -> late && t.normalized())
                .map(t -> t.withContent(t.inNormalized(normalizer)))
                .filter(t -> !t.content().isEmpty())
                .toList());
  }

  /** The same tokenizer with the {@code tokenizer_config.json} that lay beside it. */
  ComposedTokenizer(ComposedTokenizer other, byte[] config) {
    model = other.model;
    decoding = other.decoding;
    special = other.special;
    inRawText = other.inRawText;
    inNormalizedText = other.inNormalizedText;
    normalizer = other.normalizer;
    postProcessor = other.postProcessor;
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
    if (model instanceof Pipeline) {
      joined = Utf8.wellFormed(joined);
    }
    var ids = new IntList(joined.length() / 3);
    if (!anyTrusted && !inRawText.inPlainText() && !inNormalizedText.inPlainText()) {
      encodeSegment(normalizer.normalize(joined), true, ids);
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
    String normalized = normalizer.normalize(text.substring(from, to));
    int at = 0;
    for (AddedTokens.Match match : inNormalizedText.find(normalized, (s, e) -> trusted)) {
      encodeSegment(normalized.substring(at, match.start()), from == 0 && at == 0, ids);
      ids.add(match.token().id());
      at = match.end();
    }
    encodeSegment(normalized.substring(at), from == 0 && at == 0, ids);
  }

  private void encodeSegment(String text, boolean first, IntList ids) {
    char[] units = text.toCharArray();
    if (units.length <= LONG_TEXT || !model.cutsAtLines()) {
      model.encode(units, 0, units.length, first, ids);
      return;
    }
    List<Integer> cuts = cutAtLines(units);
    IntStream.range(0, cuts.size() - 1)
        .parallel()
        .mapToObj(
            i -> {
              var part = new IntList(CHUNK / 3);
              model.encode(units, cuts.get(i), cuts.get(i + 1), first && i == 0, part);
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
    return decoding.decode(ids);
  }

  @Override
  public byte[] bytes(int id) {
    return decoding.bytes(id);
  }

  @Override
  public TextStream stream(boolean continuing) {
    return decoding.stream(continuing);
  }

  @Override
  public PostProcessor postProcessor() {
    return postProcessor;
  }

  @Override
  public int vocabularySize() {
    return decoding.size();
  }

  @Override
  public Map<String, Integer> special() {
    return special;
  }

  @Override
  public String sha256() {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json.get()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The {@code tokenizer.json} that says all of this. */
  byte[] json() {
    return json.get();
  }

  /** The {@code tokenizer_config.json} beside it. */
  byte[] config() {
    return config.orElseGet(() -> TokenizerJsonWriter.config(special));
  }

  @Override
  public void save(Path directory) {
    TokenizerFiles.save(
        directory, json.get(), config.orElseGet(() -> TokenizerJsonWriter.config(special)));
  }
}
