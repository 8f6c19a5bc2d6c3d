package inkstone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.generate.FinishReason;
import inkstone.generate.GenerationException;
import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.generate.constraint.Constraint;
import inkstone.text.Conversation;
import inkstone.text.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ChatSessionTest {

  private static final LanguageModel MODEL = ChatModels.echoing(64);

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private static ChatSession session(int maxTokens, String system) {
    return new ChatSession(
        MODEL,
        GenerationRequest.of("").maxTokens(maxTokens),
        system.isEmpty() ? Optional.empty() : Optional.of(system));
  }

  @Test
  void whatIsSaidAndAnsweredIsKeptInOrder() {
    var session = session(3, "be kind");
    var heard = new ArrayList<String>();
    var answer = session.say("hi", heard::add);
    assertEquals("!!!", String.join("", heard));
    assertEquals("!!!", answer.completion().text());
    assertEquals(
        List.of(Message.system("be kind"), Message.user("hi"), Message.assistant("!!!")),
        session.conversation().messages());
    // Twelve bytes of the rules and five of the message with an end each, one for the answer.
    assertEquals(
        "s:be kind".length() + 1 + "u:hi".length() + 1 + 1, answer.completion().promptTokens());
    assertEquals(0, answer.newlyDropped());
    assertFalse(answer.full());
  }

  @Test
  void regeneratingReplacesTheLastAnswer() {
    var session = session(9, "");
    var letters = session.request().temperature(50).constraint(Constraint.regex("[a-z]{8}"));
    session.request(letters.seed(1));
    var first = session.say("hi", part -> {}).completion();
    var second = session.regenerate(part -> {}).completion();
    assertEquals(2, session.conversation().messages().size());
    assertEquals(Message.assistant(second.text()), session.conversation().messages().getLast());
    assertNotEquals(first.text(), second.text());
    assertEquals(2, second.seed());
    // The same steps give the same words.
    var again = session(9, "");
    again.request(letters.seed(1));
    again.say("hi", part -> {});
    assertEquals(second.text(), again.regenerate(part -> {}).completion().text());
  }

  @Test
  void thereMustBeSomethingToRegenerate() {
    assertThrows(ChatException.class, () -> session(2, "rules").regenerate(part -> {}));
  }

  @Test
  void anAnswerThatIsStoppedIsKeptAsFarAsItCame() {
    var session = session(30, "");
    var answer = session.say("hi", part -> session.stop());
    assertEquals(FinishReason.CANCELLED, answer.completion().finishReason());
    assertEquals("!", session.conversation().messages().getLast().content().orElseThrow());
    assertFalse(session.stop());
  }

  @Test
  void aFaultTakesTheMessageBack() {
    var session = session(2, "");
    session.say("one", part -> {});
    var before = session.conversation();
    assertThrows(
        IllegalStateException.class,
        () ->
            session.say(
                "two",
                part -> {
                  throw new IllegalStateException();
                }));
    assertEquals(before, session.conversation());
    assertThrows(
        IllegalStateException.class,
        () ->
            session.regenerate(
                part -> {
                  throw new IllegalStateException();
                }));
    assertEquals(before, session.conversation());
  }

  @Test
  void theOldestGoWhereTheContextIsFullAndThatIsSaid() {
    var session = session(4, "");
    // Each turn is 10 + 3 and 2 + 4 + 1 tokens; 64 less 4 hold the prompts of two and a third.
    int dropped = 0;
    for (int i = 0; i < 6; i++) {
      var answer = session.say("0123456789", part -> {});
      dropped += answer.newlyDropped();
      assertTrue(answer.completion().promptTokens() <= 60);
      assertEquals(dropped, session.stats().dropped());
      assertEquals(i < 3 ? 0 : 2 * (i - 2), dropped, "turn " + i);
    }
    assertEquals(12, session.conversation().messages().size());
    session.clear();
    assertEquals(0, session.stats().dropped());
    assertEquals(0, session.stats().tokens());
  }

  @Test
  void aMessageThatIsTooLongAloneIsRefusedAndTakenBack() {
    var session = session(4, "");
    session.say("a", part -> {});
    var e = assertThrows(ChatException.class, () -> session.say("x".repeat(64), part -> {}));
    assertTrue(
        String.valueOf(e.getMessage()).contains("this message makes 68 tokens"), e.getMessage());
    assertEquals(2, session.conversation().messages().size());
    assertEquals(0, session.stats().dropped());
  }

  @Test
  void anAnswerThatTheContextCutsIsTold() {
    var session = session(1_000, "");
    var answer = session.say("hi", part -> {});
    assertTrue(answer.full());
    assertEquals(64 - 6, answer.completion().completionTokens());
    assertFalse(session(2, "").say("hi", part -> {}).full());
  }

  @Test
  void anotherConversationMayBeLoaded() {
    var session = session(2, "old rules");
    session.say("a", part -> {});
    session.load(
        Conversation.of(
            List.of(
                Message.system("new"),
                Message.user("q"),
                Message.assistant("墨"),
                Message.user("r"))));
    assertEquals(Optional.of("new"), session.system());
    assertEquals(4, session.conversation().messages().size());
    session.regenerate(part -> {});
    assertEquals(Message.assistant("!!"), session.conversation().messages().get(4));
    session.system("  ");
    assertEquals(Optional.empty(), session.system());
  }

  @Test
  void aModelWithoutATemplateIsRefused() {
    try (var plain =
        LanguageModel.of(
            inkstone.model.Decoder.random(inkstone.model.DecoderConfig.llama(257, 64, 16, 1, 2), 1),
            MODEL.tokenizer(),
            MODEL.defaults())) {
      var e =
          assertThrows(
              ChatException.class,
              () -> new ChatSession(plain, GenerationRequest.of(""), Optional.empty()));
      assertTrue(String.valueOf(e.getMessage()).contains("no chat template"));
    }
  }

  @Test
  void settingsAreNamedAndChecked() {
    var request = GenerationRequest.of("");
    assertEquals(request.temperature(0.7), ChatSettings.set(request, "temperature=0.7"));
    assertEquals(request.topK(5), ChatSettings.set(request, " top-k = 5 "));
    assertEquals(request.topP(0.5), ChatSettings.set(request, "top-p=0.5"));
    assertEquals(request.minP(0.5), ChatSettings.set(request, "min-p=0.5"));
    assertEquals(request.repetitionPenalty(2), ChatSettings.set(request, "repetition-penalty=2"));
    assertEquals(request.maxTokens(9), ChatSettings.set(request, "max-tokens=9"));
    assertEquals(request.seed(-1), ChatSettings.set(request, "seed=-1"));
    for (var wrong : List.of("", "heat=1", "temperature", "temperature=warm", "top-k=1.5")) {
      assertThrows(ChatException.class, () -> ChatSettings.set(request, wrong), wrong);
    }
    assertThrows(GenerationException.class, () -> ChatSettings.set(request, "top-p=2"));
  }
}
