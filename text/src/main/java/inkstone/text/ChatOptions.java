package inkstone.text;

import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a conversation is rendered; {@link #DEFAULT} asks the assistant for its next answer.
 *
 * @param generationPrompt whether the text ends with the beginning of an answer ({@code
 *     add_generation_prompt})
 * @param continueFinal whether the text ends within the last message, so that the model goes on
 *     with it ({@code continue_final_message}); only without a generation prompt
 * @param documents JSON objects with {@code title} and {@code text} that the answer may rest on
 * @param variables what else the template may know, for example {@code enable_thinking}: strings,
 *     numbers and truth values; strings are plain text
 * @param now what {@code strftime_now} tells; the time of rendering where it is empty
 */
public record ChatOptions(
    boolean generationPrompt,
    boolean continueFinal,
    List<String> documents,
    Map<String, Object> variables,
    Optional<ZonedDateTime> now) {

  /** For the next answer of the assistant. */
  public static final ChatOptions DEFAULT =
      new ChatOptions(true, false, List.of(), Map.of(), Optional.empty());

  /** Copies the list and the map; refuses what goes against each other. */
  public ChatOptions {
    documents = List.copyOf(documents);
    variables = Map.copyOf(variables);
    if (generationPrompt && continueFinal) {
      throw new TemplateException(
          "a text ends with the beginning of an answer or within the last message, not with both");
    }
  }

  /** These options, with or without the beginning of an answer at the end. */
  public ChatOptions generationPrompt(boolean value) {
    return new ChatOptions(value, continueFinal, documents, variables, now);
  }

  /** These options for going on with the last message. */
  public ChatOptions continuing() {
    return new ChatOptions(false, true, documents, variables, now);
  }

  /** These options with these documents, JSON objects. */
  public ChatOptions documents(List<String> values) {
    return new ChatOptions(generationPrompt, continueFinal, values, variables, now);
  }

  /** These options with one more variable. */
  public ChatOptions variable(String name, Object value) {
    var all = new LinkedHashMap<>(variables);
    all.put(name, value);
    return new ChatOptions(generationPrompt, continueFinal, documents, all, now);
  }

  /** These options at another time. */
  public ChatOptions now(ZonedDateTime time) {
    return new ChatOptions(
        generationPrompt, continueFinal, documents, variables, Optional.of(time));
  }
}
