package inkstone.cli;

import inkstone.generate.GenerationRequest;
import java.util.List;

/** {@code /set name=value}. */
final class ChatSettings {

  static final List<String> NAMES =
      List.of("temperature", "top-k", "top-p", "min-p", "repetition-penalty", "max-tokens", "seed");

  private ChatSettings() {}

  /**
   * A request with one setting changed.
   *
   * @throws ChatException if the assignment is none
   * @throws inkstone.generate.GenerationException if the value is out of range
   */
  static GenerationRequest set(GenerationRequest request, String assignment) {
    int equals = assignment.indexOf('=');
    var name = (equals < 0 ? assignment : assignment.substring(0, equals)).strip();
    var value = equals < 0 ? "" : assignment.substring(equals + 1).strip();
    if (equals < 0 || !NAMES.contains(name)) {
      throw new ChatException(
          "'%s' is no setting; write name=value with one of %s"
              .formatted(assignment, String.join(", ", NAMES)));
    }
    try {
      return switch (name) {
        case "temperature" -> request.temperature(Double.parseDouble(value));
        case "top-k" -> request.topK(Integer.parseInt(value));
        case "top-p" -> request.topP(Double.parseDouble(value));
        case "min-p" -> request.minP(Double.parseDouble(value));
        case "repetition-penalty" -> request.repetitionPenalty(Double.parseDouble(value));
        case "max-tokens" -> request.maxTokens(Integer.parseInt(value));
        default -> request.seed(Long.parseLong(value));
      };
    } catch (NumberFormatException e) {
      throw new ChatException("'%s' is no number that %s can be".formatted(value, name), e);
    }
  }
}
