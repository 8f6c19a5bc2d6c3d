package inkstone.text;

import inkstone.text.PreTokenizer.Cut;
import inkstone.text.PreTokenizer.Delimiters;
import inkstone.text.PreTokenizer.Metaspace;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Reads the {@code pre_tokenizer} of a {@code tokenizer.json} as a list of steps. */
final class PreTokenizerReader {

  private static final String KNOWN =
      "ByteLevel, BertPreTokenizer, Metaspace, Split, Digits, Punctuation, Whitespace,"
          + " WhitespaceSplit, CharDelimiterSplit, Sequence";

  private static final Pattern WORDS =
      Pattern.compile("\\w+|[^\\w\\s]+", Pattern.UNICODE_CHARACTER_CLASS);

  private final Source source;

  PreTokenizerReader(Source source) {
    this.source = source;
  }

  /** The steps of the component at {@code key} in order; none where it is absent. */
  List<PreTokenizer> read(JsonNode node, String key) {
    if (Source.absent(node)) {
      return List.of();
    }
    return switch (Source.type(node)) {
      case "Sequence" -> {
        var steps = new ArrayList<PreTokenizer>();
        int i = 0;
        for (JsonNode step : node.path("pretokenizers")) {
          steps.addAll(read(step, "%s.pretokenizers[%d]".formatted(key, i++)));
        }
        yield steps;
      }
      case "BertPreTokenizer" ->
          List.of(
              PreTokenizer.at(WHITE_SPACE, SplitBehavior.REMOVED),
              PreTokenizer.at(PUNCTUATION, SplitBehavior.ISOLATED));
      default -> List.of(single(node, key));
    };
  }

  private static final Delimiters WHITE_SPACE =
      Delimiters.characters(Characteristics::isWhiteSpace);
  private static final Delimiters PUNCTUATION =
      Delimiters.characters(Characteristics::isPunctuation);

  private PreTokenizer single(JsonNode node, String key) {
    String type = Source.type(node);
    return switch (type) {
      case "ByteLevel" ->
          new PreTokenizer.ByteLevel(
              source.flag(node, key, "add_prefix_space", true),
              source.flag(node, key, "use_regex", true)
                  ? SplitPattern.GPT2.splitter()
                  : Splitter.WHOLE);
      case "Metaspace" -> metaspace(node, key);
      case "Split" -> split(node, key);
      case "Digits" ->
          source.flag(node, key, "individual_digits", false)
              ? new Cut(RegexSplitter.of("\\p{N}"))
              : new Cut(RegexSplitter.of("\\p{N}+"));
      case "Punctuation" -> PreTokenizer.at(PUNCTUATION, behavior(node, key, "Isolated"));
      case "Whitespace" ->
          PreTokenizer.at(Delimiters.matching(WORDS).inverted(), SplitBehavior.REMOVED);
      case "WhitespaceSplit" -> PreTokenizer.at(WHITE_SPACE, SplitBehavior.REMOVED);
      case "CharDelimiterSplit" -> {
        int delimiter = source.character(node, key, "delimiter");
        yield PreTokenizer.at(Delimiters.characters(c -> c == delimiter), SplitBehavior.REMOVED);
      }
      default -> throw source.unsupported(key, type, KNOWN);
    };
  }

  private Metaspace metaspace(JsonNode node, String key) {
    return new Metaspace(
        Character.toString(source.character(node, key, "replacement")),
        prepend(source, node, key),
        source.flag(node, key, "split", true));
  }

  /** The {@code prepend_scheme}, or what older files say with {@code add_prefix_space}. */
  static Metaspace.Prepend prepend(Source source, JsonNode node, String key) {
    if (!source.flag(node, key, "add_prefix_space", true)) {
      return Metaspace.Prepend.NEVER;
    }
    String scheme = node.path("prepend_scheme").asString("always");
    return switch (scheme) {
      case "always" -> Metaspace.Prepend.ALWAYS;
      case "first" -> Metaspace.Prepend.FIRST;
      case "never" -> Metaspace.Prepend.NEVER;
      default -> throw source.unsupported(key + ".prepend_scheme", scheme, "always, first, never");
    };
  }

  private SplitBehavior behavior(JsonNode node, String key, String otherwise) {
    return SplitBehavior.read(node.path("behavior").asString(otherwise), source, key + ".behavior");
  }

  private PreTokenizer split(JsonNode node, String key) {
    SplitBehavior behavior = behavior(node, key, "");
    boolean inverted = source.flag(node, key, "invert", false);
    JsonNode pattern = node.path("pattern");
    if (behavior == SplitBehavior.ISOLATED) {
      // What lies between matches is a piece too, so that it does not matter which is which.
      return new Cut(
          pattern.path("Regex").isString()
              ? RegexSplitter.of(pattern.path("Regex").asString())
              : RegexSplitter.of(source.pattern(node, key)));
    }
    var delimiters = Delimiters.matching(source.pattern(node, key));
    return PreTokenizer.at(inverted ? delimiters.inverted() : delimiters, behavior);
  }
}
