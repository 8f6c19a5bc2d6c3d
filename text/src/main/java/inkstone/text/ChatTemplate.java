package inkstone.text;

import inkstone.text.jinja.Bool;
import inkstone.text.jinja.Sequence;
import inkstone.text.jinja.Template;
import inkstone.text.jinja.Text;
import inkstone.text.jinja.Value;
import java.nio.file.Path;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a model wants a conversation written: a Jinja template as Transformers' {@code
 * apply_chat_template} renders it. Instances are immutable and safe for use by many threads.
 *
 * <p>The text of messages, names, tools and their arguments never becomes a control token. It keeps
 * its mark as text that is not the template's through all that the template does to it, and {@link
 * Tokenizer#encodeTemplate} takes names of special tokens from the template's own text alone.
 *
 * <pre>{@code
 * var template = ChatTemplate.open(directory).orElseThrow();
 * var chat = template.render(Conversation.of(List.of(Message.user("Hello"))), ChatOptions.DEFAULT);
 * int[] ids = tokenizer.encodeTemplate(chat.spans());
 * }</pre>
 *
 * <p>A template is a program by somebody else: it reaches no Java object, and its steps, its depth
 * and the length of its texts are bounded.
 */
public final class ChatTemplate {

  /** Stands where a message is to be continued; a trimming template takes its space away. */
  private static final String HERE = "CONTINUE_FINAL_MESSAGE_TAG ";

  private final String source;
  private final Template template;
  private final Map<String, String> specialTokens;

  private ChatTemplate(String source, Map<String, String> specialTokens) {
    this.source = source;
    this.specialTokens = Map.copyOf(specialTokens);
    template = Template.parse(source);
  }

  /**
   * A template that names its special tokens itself.
   *
   * @throws TemplateException if it is not well-formed; the message names the line
   */
  public static ChatTemplate of(String source) {
    return new ChatTemplate(source, Map.of());
  }

  /**
   * A template that may use {@code bos_token} and the like.
   *
   * @param specialTokens the special tokens by these names
   * @throws TemplateException if it is not well-formed; the message names the line
   */
  public static ChatTemplate of(String source, Map<String, String> specialTokens) {
    return new ChatTemplate(source, specialTokens);
  }

  /**
   * The template of a Hugging Face directory: {@code chat_template.jinja}, or {@code chat_template}
   * in {@code tokenizer_config.json}; empty where there is neither.
   *
   * @throws TemplateException if a file is broken; the message names it
   */
  public static Optional<ChatTemplate> open(Path directory) {
    return ChatTemplateFiles.open(directory);
  }

  /**
   * Adds {@code chat_template.jinja} to a directory, unless what is there says the same.
   *
   * @throws TemplateException if that fails
   */
  public void save(Path directory) {
    ChatTemplateFiles.save(directory, source);
  }

  /** The template as it was given. */
  public String source() {
    return source;
  }

  /**
   * Renders a conversation.
   *
   * @throws TemplateException if the template fails, refuses the messages or does not come to an
   *     end; the message names the line
   */
  public RenderedChat render(Conversation conversation, ChatOptions options) {
    var messages = conversation.messages();
    Map<String, Value> variables = new HashMap<>();
    specialTokens.forEach((name, token) -> variables.put(name, Text.trusted(token)));
    options.variables().forEach((name, value) -> variables.put(name, ChatValues.of(name, value)));
    variables.put(
        "messages",
        Sequence.list(
            (options.continueFinal() ? marked(messages) : messages)
                .stream().map(ChatValues::of).toList()));
    variables.put(
        "tools",
        ChatValues.listOrNone(conversation.tools().stream().map(Tool::json).toList(), "a tool"));
    variables.put("documents", ChatValues.listOrNone(options.documents(), "a document"));
    variables.put("add_generation_prompt", Bool.of(options.generationPrompt()));
    var page = template.render(variables, options.now().orElseGet(ZonedDateTime::now));
    int end = options.continueFinal() ? end(page.text().toString()) : page.text().units();
    return new RenderedChat(
        page.text().units(0, end).spans(),
        page.generated().stream()
            .filter(range -> range[0] < end)
            .map(range -> new RenderedChat.Range(range[0], Math.min(end, range[1])))
            .toList());
  }

  private static List<Message> marked(List<Message> messages) {
    if (messages.isEmpty() || messages.getLast().content().isEmpty()) {
      throw new TemplateException("there is no last message with a content to go on with");
    }
    var last = messages.getLast();
    var all = new java.util.ArrayList<>(messages);
    all.set(
        all.size() - 1,
        new Message(
            last.role(),
            last.content().map(content -> content + HERE),
            last.toolCalls(),
            last.toolCallId(),
            last.name(),
            last.reasoning()));
    return all;
  }

  private static int end(String text) {
    int end = text.lastIndexOf(HERE.strip());
    if (end < 0) {
      throw new TemplateException(
          "the template leaves out the last message, so it cannot be gone on with");
    }
    boolean trimmed = !text.startsWith(HERE, end);
    while (trimmed
        && end > 0
        && CharacterClass.ofUnit(text.charAt(end - 1)) == CharacterClass.SPACE) {
      end--;
    }
    return end;
  }
}
