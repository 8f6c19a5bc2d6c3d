package inkstone.text;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Reads the {@code decoder} of a {@code tokenizer.json} as a list of steps. */
final class DecoderReader {

  private static final String KNOWN =
      "ByteLevel, WordPiece, Metaspace, BPEDecoder, Replace, ByteFallback, Fuse, Strip, Sequence";

  private final Source source;

  DecoderReader(Source source) {
    this.source = source;
  }

  /** The steps of the component at {@code key}; tokens with spaces between where it is absent. */
  List<DecoderStep> read(JsonNode node, String key) {
    return Source.absent(node) ? List.of(new DecoderStep.Join(" ")) : steps(node, key);
  }

  private List<DecoderStep> steps(JsonNode node, String key) {
    if (!Source.type(node).equals("Sequence")) {
      return List.of(single(node, key));
    }
    var steps = new ArrayList<DecoderStep>();
    int i = 0;
    for (JsonNode step : node.path("decoders")) {
      steps.addAll(steps(step, "%s.decoders[%d]".formatted(key, i++)));
    }
    return steps;
  }

  private DecoderStep single(JsonNode node, String key) {
    String type = Source.type(node);
    return switch (type) {
      case "ByteLevel" -> new ByteLevelStep();
      case "WordPiece" ->
          new DecoderStep.WordPiece(
              source.text(node, key, "prefix"), source.flag(node, key, "cleanup", true));
      case "Metaspace" ->
          new DecoderStep.Metaspace(
              Character.toString(source.character(node, key, "replacement")),
              PreTokenizerReader.prepend(source, node, key)
                  != PreTokenizer.Metaspace.Prepend.NEVER);
      case "BPEDecoder" -> new DecoderStep.WordEnds(source.text(node, key, "suffix"));
      case "Replace" ->
          new DecoderStep.Replace(
              source.pattern(node, key),
              source.text(node, key, "content"),
              node.path("pattern").path("String").asString("").length() == 1);
      case "ByteFallback" -> new ByteFallbackStep(true);
      case "Fuse" -> new DecoderStep.Fuse();
      case "Strip" ->
          new StripStep(
              (char) source.character(node, key, "content"),
              source.count(node, key, "start"),
              source.count(node, key, "stop"));
      default -> throw source.unsupported(key, type, KNOWN);
    };
  }
}
