package inkstone.text;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads Hugging Face's {@code tokenizer.json}. */
final class TokenizerJson {

  private static final String MODELS = "BPE, WordPiece, Unigram, WordLevel";
  private static final int LONGEST_WORD = 100;

  private final Supplier<byte[]> json;
  private final Source source;
  private final JsonNode root;
  private final JsonNode model;
  private final Vocabulary vocabulary;

  private TokenizerJson(JsonNode root, Supplier<byte[]> json, String where) {
    this.json = json;
    this.root = root;
    source = new Source(where);
    model = root.path("model");
    if (!model.isObject()) {
      throw source.error("model", "is missing; is this a tokenizer.json?");
    }
    if (!List.of(MODELS.split(", ")).contains(type())) {
      throw source.unsupported("model.type", type(), MODELS);
    }
    vocabulary = Vocabulary.read(root, source);
  }

  /** Reads a file's bytes; {@code where} names it in messages. */
  static ComposedTokenizer read(byte[] json, String where) {
    return read(Json.object(json, where), () -> json, where);
  }

  /** Takes what has been read; {@code json} writes it out, the same bytes every time. */
  static ComposedTokenizer read(JsonNode root, Supplier<byte[]> json, String where) {
    return new TokenizerJson(root, json, where).read();
  }

  /** What older files leave out is told by the shape of the vocabulary. */
  private String type() {
    String otherwise =
        model.has("merges") ? "BPE" : model.path("vocab").isArray() ? "Unigram" : "BPE";
    return model.path("type").asString(otherwise);
  }

  private ComposedTokenizer read() {
    TextNormalizer normalizer =
        new NormalizerReader(source).read(root.path("normalizer"), "normalizer");
    List<PreTokenizer> steps =
        new PreTokenizerReader(source).read(root.path("pre_tokenizer"), "pre_tokenizer");
    List<DecoderStep> decoder = new DecoderReader(source).read(root.path("decoder"), "decoder");
    PostProcessor around =
        new PostProcessorReader(source, vocabulary.size())
            .read(root.path("post_processor"), "post_processor");
    Decoding decoding = decoding(decoder, normalizer);
    return new ComposedTokenizer(
        textModel(steps), decoding, vocabulary.added(), normalizer, around, json);
  }

  private TextModel textModel(List<PreTokenizer> steps) {
    Map<String, Integer> plain = vocabulary.plain();
    return switch (type()) {
      case "BPE" -> new BpeReader(model, vocabulary, source).read(steps);
      case "WordPiece" -> new Pipeline(steps, wordPiece(plain));
      case "WordLevel" -> new Pipeline(steps, new WordLevel(plain, unknown("<unk>", false)));
      default -> new Pipeline(steps, unigram(plain));
    };
  }

  private WordPiece wordPiece(Map<String, Integer> plain) {
    int longest =
        model.has("max_input_chars_per_word")
            ? source.count(model, "model", "max_input_chars_per_word")
            : LONGEST_WORD;
    return new WordPiece(
        plain,
        model.path("continuing_subword_prefix").asString("##"),
        unknown("[UNK]", true),
        longest);
  }

  private int unknown(String usual, boolean needed) {
    String token = model.path("unk_token").asString(usual);
    Integer id = vocabulary.ids().get(token);
    if (id == null && needed) {
      throw source.error("model.unk_token", "'%s' is not in model.vocab".formatted(token));
    }
    return id == null ? -1 : id;
  }

  private Unigram unigram(Map<String, Integer> plain) {
    int unknown = -1;
    if (!Source.absent(model.path("unk_id"))) {
      unknown = source.count(model, "model", "unk_id");
      if (unknown >= vocabulary.size()) {
        throw source.error("model.unk_id", "%d is not in model.vocab".formatted(unknown));
      }
    }
    boolean fallback = source.flag(model, "model", "byte_fallback", false);
    return new Unigram(
        plain,
        vocabulary.scores(),
        vocabulary.leastScore(),
        unknown,
        fallback ? BpeReader.fallbackBytes(plain) : null,
        false);
  }

  private Decoding decoding(List<DecoderStep> decoder, TextNormalizer normalizer) {
    @Nullable String[] names = vocabulary.names();
    if (decoder.size() != 1 || !(decoder.getFirst() instanceof ByteLevelStep)) {
      for (AddedToken token : vocabulary.added()) {
        names[token.id()] = token.special() ? null : token.inNormalized(normalizer);
      }
      return new ChainDecoding(names, decoder);
    }
    var tokens = new byte[names.length][];
    for (int id = 0; id < names.length; id++) {
      String name = names[id];
      if (name != null) {
        tokens[id] = ByteLevelStep.bytes(name);
      }
    }
    for (AddedToken token : vocabulary.added()) {
      tokens[token.id()] =
          token.special() ? new byte[0] : token.content().getBytes(StandardCharsets.UTF_8);
    }
    return new ByteDecoding(tokens);
  }
}
