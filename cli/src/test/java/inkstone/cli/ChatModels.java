package inkstone.cli;

import inkstone.generate.GenerationDefaults;
import inkstone.generate.LanguageModel;
import inkstone.generate.Sampling;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.text.ChatTemplate;
import inkstone.text.Tokenizer;
import java.util.List;
import java.util.OptionalInt;

/** A tiny network that, with a tied head and random weights, repeats the last byte it read. */
final class ChatModels {

  static final String TEMPLATE =
      "{% for m in messages %}{{ m.role[0] }}:{{ m.content }}<|end|>{% endfor %}"
          + "{% if add_generation_prompt %}!{% endif %}";

  private ChatModels() {}

  static LanguageModel echoing(int context) {
    return LanguageModel.of(
            Decoder.random(DecoderConfig.llama(257, context, 16, 1, 2), 1),
            Tokenizer.ofBytes(List.of("<|end|>")),
            new GenerationDefaults(OptionalInt.empty(), List.of(256), Sampling.GREEDY))
        .template(ChatTemplate.of(TEMPLATE));
  }
}
