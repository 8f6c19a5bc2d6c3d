package consumer;

import inkstone.data.TokenBatch;
import inkstone.generate.GenerationDefaults;
import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.generate.Sampling;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.tensor.DType;
import inkstone.text.Tokenizer;
import inkstone.train.Recipe;
import inkstone.train.Trainer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;

/** The example of README.md, and whether it did what the README says. */
public final class Consumer {

  public static void main(String[] args) {
    var text = learnAndWrite("the cat sat on the mat. ", "the cat");
    System.out.println(text);
    boolean learned = text.startsWith("the cat sat on the mat.");
    System.out.println("consumer: " + (learned ? "1 passed, 0 failed" : "0 passed, 1 failed"));
    System.exit(learned ? 0 : 1);
  }

  static String learnAndWrite(String sentence, String prompt) {
    var tokenizer = Tokenizer.ofBytes(List.of()); // a token is a byte
    int[] ids = tokenizer.encode(sentence.repeat(40));
    int context = 32; // below: width 64, 2 layers, 2 heads
    var gpt = Decoder.random(DecoderConfig.gpt2(tokenizer.vocabularySize(), context, 64, 2, 2), 1);
    var random = new Random(1);
    try (var trainer = new Trainer(gpt, Recipe.DEFAULTS, DType.FLOAT32)) {
      for (int step = 1; step <= 200; step++) {
        double loss = 0;
        for (int row = 0; row < 8; row++) { // eight windows of text to a step
          int at = random.nextInt(ids.length - context);
          var inputs = Arrays.copyOfRange(ids, at, at + context);
          var targets = Arrays.copyOfRange(ids, at + 1, at + context + 1);
          loss += trainer.accumulate(new TokenBatch(inputs, targets, 1, context)) / 8;
        }
        trainer.reduce(); // the sum of the gradients to their mean
        trainer.clip(1.0);
        trainer.step(0.003); // AdamW at this learning rate
        if (step % 50 == 0) System.out.printf("step %d, loss %.3f%n", step, loss);
      }
    }
    var greedy = new GenerationDefaults(OptionalInt.empty(), List.of(), Sampling.GREEDY);
    try (var model = LanguageModel.of(gpt, tokenizer, greedy);
        var pieces = model.generate(GenerationRequest.of(prompt).maxTokens(24))) {
      return prompt + pieces.completion().text();
    }
  }
}
