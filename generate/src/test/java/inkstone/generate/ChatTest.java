package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.ModelDirectory;
import inkstone.text.ChatOptions;
import inkstone.text.ChatTemplate;
import inkstone.text.Conversation;
import inkstone.text.Message;
import inkstone.text.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model answers what its chat template makes of a conversation. */
class ChatTest {

  private static final Conversation HELLO = Conversation.of(List.of(Message.user("<|end|>hi")));
  private static final GenerationRequest SHORT =
      GenerationRequest.of("not used").maxTokens(3).temperature(0);

  private static LanguageModel model() {
    return LanguageModel.of(
        Decoder.random(DecoderConfig.llama(257, 64, 16, 1, 2), 1),
        Tokenizer.ofBytes(List.of("<|end|>")),
        new GenerationDefaults(OptionalInt.of(256), List.of(256), Sampling.GREEDY));
  }

  @Test
  void theTemplateMakesThePrompt() {
    var template = ChatTemplate.of("{{ messages[0].content }}<|end|>{{ bos_token }}?");
    try (var model = model().template(template);
        var pieces = model.chat(HELLO, ChatOptions.DEFAULT, SHORT)) {
      var completion = pieces.completion();
      // Nine bytes of the message, one control token, a question mark; no begin-of-text token.
      assertEquals(11, completion.promptTokens());
      // A random network with a tied head repeats what it heard last.
      assertEquals("???", completion.text());
    }
  }

  /** The second turn reads its own message alone, and says what it would have said anyhow. */
  @Test
  void aTurnReadsOnlyWhatIsNew() {
    var template =
        ChatTemplate.of("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}");
    try (var model =
            LanguageModel.of(
                    Networks.lively(DecoderConfig.llama(257, 512, 16, 2, 2), 1),
                    Tokenizer.ofBytes(List.of("<|end|>")),
                    new GenerationDefaults(OptionalInt.of(256), List.of(256), Sampling.GREEDY))
                .template(template);
        var fresh =
            LanguageModel.of(
                    Networks.lively(DecoderConfig.llama(257, 512, 16, 2, 2), 1),
                    Tokenizer.ofBytes(List.of("<|end|>")),
                    new GenerationDefaults(OptionalInt.of(256), List.of(256), Sampling.GREEDY))
                .template(template)) {
      var messages = new java.util.ArrayList<>(List.of(Message.user("x".repeat(100))));
      int known = 0;
      for (int turn = 0; turn < 4; turn++) {
        var conversation = Conversation.of(messages);
        try (var pieces = model.chat(conversation, ChatOptions.DEFAULT, SHORT.maxTokens(5))) {
          var completion = pieces.completion();
          assertEquals(known, completion.reusedTokens(), "turn " + turn);
          known = completion.promptTokens();
          try (var again = fresh.chat(conversation, ChatOptions.DEFAULT, SHORT.maxTokens(5))) {
            assertEquals(again.completion().text(), completion.text(), "turn " + turn);
          }
        }
        messages.add(Message.user("more " + turn));
      }
    }
  }

  @Test
  void mistakesAreTold() {
    try (var model = model()) {
      var none =
          assertThrows(
              GenerationException.class, () -> model.chat(HELLO, ChatOptions.DEFAULT, SHORT));
      assertTrue(String.valueOf(none.getMessage()).contains("no chat template"));
      var empty = model.template(ChatTemplate.of("{# nothing #}"));
      assertThrows(GenerationException.class, () -> empty.chat(HELLO, ChatOptions.DEFAULT, SHORT));
      var full = model.template(ChatTemplate.of("{{ 'x' * 64 }}"));
      assertThrows(GenerationException.class, () -> full.chat(HELLO, ChatOptions.DEFAULT, SHORT));
    }
  }

  @Test
  void aFolderBringsItsTemplate(@TempDir Path folder) throws Exception {
    try (var decoder = Decoder.random(DecoderConfig.llama(257, 64, 16, 1, 2), 1)) {
      ModelDirectory.save(folder, decoder, OptionalInt.of(256));
    }
    Tokenizer.ofBytes(List.of("<|end|>")).save(folder);
    try (var model = LanguageModel.open(folder)) {
      assertTrue(model.template().isEmpty());
    }
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages[0].content }}!");
    try (var model = LanguageModel.open(folder);
        var pieces = model.chat(HELLO, ChatOptions.DEFAULT, SHORT)) {
      assertEquals("!!!", pieces.completion().text());
    }
  }
}
