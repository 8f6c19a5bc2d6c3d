package inkstone.cli;

import inkstone.generate.Completion;
import inkstone.generate.FinishReason;
import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.generate.Pieces;
import inkstone.text.ChatOptions;
import inkstone.text.Conversation;
import inkstone.text.Message;
import inkstone.text.Role;
import inkstone.text.TemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A conversation with a model: what was said, how answers are asked for, and what of it the model
 * still reads where its context is full. Knows of no terminal. One thread asks; {@link #stop} may
 * come from another.
 */
final class ChatSession {

  /** At least this part of the context is left for an answer, if the limit of tokens wants it. */
  private static final int ROOM = 4;

  private final LanguageModel model;
  private final List<Message> messages = new ArrayList<>();
  private GenerationRequest request;
  private Optional<String> system;
  private int answers;
  private int dropped;
  private int written;
  private double seconds;
  private volatile Optional<Pieces> running = Optional.empty();

  /**
   * What an answer came to.
   *
   * @param completion its text and figures
   * @param newlyDropped messages, the oldest, that the model no longer reads since this answer
   * @param full whether the answer ends where the context does
   */
  record Answer(Completion completion, int newlyDropped, boolean full) {}

  /** A conversation without a word yet. */
  ChatSession(LanguageModel model, GenerationRequest request, Optional<String> system) {
    this.model = model;
    this.request = request;
    this.system = system;
    if (model.template().isEmpty()) {
      throw new ChatException(
          "the model has no chat template, so it cannot hold a conversation;"
              + " ./inkstone generate goes on from a text");
    }
  }

  /**
   * Says something and hears the answer; each part of it goes to {@code heard} at once. Where there
   * is none, because of a fault or because it was stopped before its first word, nothing was said.
   *
   * @throws ChatException if the message alone is too long for the model
   */
  Answer say(String text, Consumer<String> heard) {
    messages.add(Message.user(text));
    return answer(heard, messages.size() - 1);
  }

  /**
   * Hears another answer to what was said last, in place of the one that is there.
   *
   * @throws ChatException if nothing was said
   */
  Answer regenerate(Consumer<String> heard) {
    if (messages.stream().noneMatch(m -> m.role() == Role.USER)) {
      throw new ChatException("nothing was said yet that could be answered again");
    }
    var old = List.copyOf(messages);
    while (messages.getLast().role() != Role.USER) {
      messages.removeLast();
    }
    try {
      var answer = answer(heard, messages.size());
      if (messages.getLast().role() == Role.USER) {
        restore(old);
      }
      return answer;
    } catch (RuntimeException e) {
      restore(old);
      throw e;
    }
  }

  private void restore(List<Message> old) {
    messages.clear();
    messages.addAll(old);
  }

  /** Answers the last message; takes back all from {@code undo} on where there is no answer. */
  private Answer answer(Consumer<String> heard, int undo) {
    int before = dropped;
    try {
      int prompt = trim();
      int room = model.decoder().config().context() - prompt;
      var asked = request;
      if (request.seed().isPresent()) {
        // Another answer to the same words is to be another one, and the same in a second run.
        asked = asked.seed(request.seed().getAsLong() + answers);
      }
      try (var pieces = model.chat(conversation(dropped), ChatOptions.DEFAULT, asked)) {
        running = Optional.of(pieces);
        pieces.forEach(piece -> heard.accept(piece.text()));
        var completion = pieces.completion();
        answers++;
        written += completion.completionTokens();
        seconds += completion.timings().promptSeconds() + completion.timings().generationSeconds();
        if (completion.text().isBlank() && completion.finishReason() == FinishReason.CANCELLED) {
          undo(undo);
        } else {
          messages.add(Message.assistant(completion.text()));
        }
        boolean full =
            completion.finishReason() == FinishReason.LENGTH
                && completion.completionTokens() == room
                && room < request.maxTokens();
        return new Answer(completion, dropped - before, full);
      } finally {
        running = Optional.empty();
      }
    } catch (RuntimeException e) {
      undo(undo);
      dropped = before;
      throw e;
    }
  }

  private void undo(int size) {
    while (messages.size() > size) {
      messages.removeLast();
    }
  }

  /** Leaves out the oldest messages until the rest fits; the number of tokens that are read. */
  private int trim() {
    int context = model.decoder().config().context();
    int most = context - Math.min(request.maxTokens(), Math.max(1, context / ROOM));
    int tokens = tokens(dropped);
    while (tokens > most) {
      int next = dropped + 1;
      while (next < messages.size() && messages.get(next).role() != Role.USER) {
        next++;
      }
      if (next >= messages.size()) {
        if (tokens < context) {
          return tokens;
        }
        throw new ChatException(
            "this message makes %d tokens and the model's context holds %d; say it shorter"
                .formatted(tokens, context));
      }
      dropped = next;
      tokens = tokens(dropped);
    }
    return tokens;
  }

  private int tokens(int from) {
    var rendered = model.template().orElseThrow().render(conversation(from), ChatOptions.DEFAULT);
    return model.tokenizer().encodeTemplate(rendered.spans()).length;
  }

  private Conversation conversation(int from) {
    var said = new ArrayList<Message>();
    system.ifPresent(text -> said.add(Message.system(text)));
    said.addAll(messages.subList(from, messages.size()));
    return Conversation.of(said);
  }

  /** Ends the answer that is being written, where it is; may come from another thread. */
  boolean stop() {
    var pieces = running;
    pieces.ifPresent(Pieces::close);
    return pieces.isPresent();
  }

  /** Everything that was said, the rules first. */
  Conversation conversation() {
    return conversation(0);
  }

  /** Goes on with another conversation; its first message may be the rules. */
  void load(Conversation other) {
    var said = new ArrayList<>(other.messages());
    Optional<String> rules = Optional.empty();
    if (!said.isEmpty() && said.getFirst().role() == Role.SYSTEM) {
      rules = said.removeFirst().content();
    }
    var before = new ChatMemory(List.copyOf(messages), system, dropped);
    restore(said);
    system = rules;
    dropped = 0;
    try {
      if (!said.isEmpty()) {
        tokens(0);
      }
    } catch (TemplateException e) {
      restore(before.messages());
      system = before.system();
      dropped = before.dropped();
      throw e;
    }
  }

  private record ChatMemory(List<Message> messages, Optional<String> system, int dropped) {}

  /** Forgets what was said; rules and settings stay. */
  void clear() {
    messages.clear();
    dropped = 0;
  }

  /** Rules for what comes; empty takes them away. */
  void system(String text) {
    system = text.isBlank() ? Optional.empty() : Optional.of(text);
  }

  Optional<String> system() {
    return system;
  }

  GenerationRequest request() {
    return request;
  }

  void request(GenerationRequest other) {
    request = other;
  }

  /**
   * How the conversation stands.
   *
   * @param messages that were said, without the rules
   * @param dropped of these, the oldest that the model no longer reads
   * @param tokens that the model reads of the rest
   * @param context that it can read and write in all
   * @param written tokens of all answers
   * @param seconds that the answers took
   */
  record Stats(int messages, int dropped, int tokens, int context, int written, double seconds) {}

  Stats stats() {
    return new Stats(
        messages.size(),
        dropped,
        messages.isEmpty() ? 0 : tokens(dropped),
        model.decoder().config().context(),
        written,
        seconds);
  }
}
