package inkstone.cli;

import inkstone.generate.BeamSearch.Beam;
import inkstone.generate.Completion;
import inkstone.generate.LanguageModel;
import inkstone.generate.Piece;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/** What {@code generate --json} prints: one line. */
final class GenerationJson {

  private static final JsonMapper JSON = new JsonMapper();

  private GenerationJson() {}

  /** A text that was drawn, with the tokens that made it. */
  static String of(String prompt, Completion completion, List<Piece> pieces) {
    var line = JSON.createObjectNode();
    line.put("prompt", prompt).put("text", completion.text());
    line.put("finish_reason", completion.finishReason().name().toLowerCase(Locale.ROOT));
    line.put("seed", completion.seed());
    line.put("prompt_tokens", completion.promptTokens());
    line.put("completion_tokens", completion.completionTokens());
    line.put("prompt_seconds", completion.timings().promptSeconds());
    line.put("tokens_per_second", completion.timings().tokensPerSecond());
    line.put("guessed", completion.guesses().made());
    line.put("guessed_right", completion.guesses().right());
    var tokens = line.putArray("tokens");
    for (var piece : pieces) {
      tokens
          .addObject()
          .put("id", piece.id())
          .put("text", piece.text())
          .put("logprob", piece.logprob());
    }
    return JSON.writeValueAsString(line);
  }

  /** Texts that a search found, the best one first. */
  static String of(String prompt, List<Beam> beams, LanguageModel model) {
    var line = JSON.createObjectNode();
    var all = line.put("prompt", prompt).putArray("beams");
    for (var beam : beams) {
      var each = all.addObject().put("text", model.text(prompt, beam));
      var ids = each.put("score", beam.score()).putArray("ids");
      beam.tokens().forEach(ids::add);
    }
    return JSON.writeValueAsString(line);
  }
}
