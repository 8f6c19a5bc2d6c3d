package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inkstone.model.Batch;
import inkstone.tensor.Functions;
import inkstone.tensor.Gradients;
import inkstone.tensor.Safetensors;
import inkstone.tensor.SafetensorsFile;
import inkstone.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/**
 * A real GGUF model beside Transformers, which dequantised the same file: logits, token ids and 60
 * greedy tokens. The file is named by {@code -Dinkstone.gguf=FILE} or the variable {@code
 * INKSTONE_GGUF}; beside it lies the {@code reference.safetensors} of
 * bench/fixtures/gguf_reference.py.
 */
class GgufReferenceTest {

  private static final int TOKENS = 60;

  /** Float32 sums in another order; measured 8e-5 at logits up to 30 (SmolLM2-135M). */
  private static final float LIMIT = 1e-3f;

  /** Kullback and Leibler's, in nats. */
  private static final double DIVERGENCE = 0.02;

  private static Path file() {
    var name = System.getProperty("inkstone.gguf", System.getenv("INKSTONE_GGUF"));
    assumeTrue(name != null && !name.isBlank(), "no GGUF file is named by -Dinkstone.gguf");
    var file = Path.of(String.valueOf(name));
    assumeTrue(Files.exists(file), "there is no " + file);
    assumeTrue(Files.exists(reference(file)), "there is no " + reference(file));
    return file;
  }

  private static Path reference(Path file) {
    return file.resolveSibling("reference.safetensors");
  }

  @Test
  void logitsIdsAndGreedyTextAreThoseOfTransformers() {
    var path = file();
    try (var model = LanguageModel.widened(path);
        var expected = SafetensorsFile.open(reference(path));
        var scope = Scope.open();
        var off = Gradients.off()) {
      int compared = 0;
      for (int i = 0; expected.names().contains("ids." + i); i++) {
        var ids = Safetensors.read(expected, "ids." + i);
        var prompt = String.valueOf(expected.metadata().get("prompt." + i));
        var plain = new int[(int) ids.count()];
        for (int at = 0; at < plain.length; at++) {
          plain[at] = (int) ids.toLongs()[at];
        }
        assertArrayEquals(plain, model.tokenizer().encodeTemplate(prompt), prompt);
        var ours = model.decoder().forward(Batch.training(ids, 1, 0)).toFloats();
        var theirs = Safetensors.read(expected, "logits." + i).toFloats();
        double worst = 0;
        for (int at = 0; at < ours.length; at++) {
          worst = Math.max(worst, Math.abs(ours[at] - theirs[at]));
        }
        System.out.printf("%s: largest difference of logits %.2g%n", prompt.strip(), worst);
        assertTrue(worst < LIMIT, prompt + ": " + worst);
        compared += greedy(model, expected, prompt, i);
      }
      assertTrue(compared > 0, "no prompt was plain text");
    }
  }

  /**
   * The same file in its blocks, a token at a time: inputs of products are rounded to 8 bits, as
   * llama.cpp has it.
   */
  @Test
  void blocksSayAlmostTheSame() {
    try (var wide = LanguageModel.widened(file());
        var blocks = LanguageModel.open(file());
        var expected = SafetensorsFile.open(reference(file()));
        var scope = Scope.open()) {
      for (int prompt = 0; expected.names().contains("ids." + prompt); prompt++) {
        var all = ids(expected, prompt);
        var divergences = divergences(wide.stepper(), blocks.stepper(), all).summaryStatistics();
        System.out.printf(
            "prompt %d: divergence of %d distributions, mean %.2g, most %.2g nats%n",
            prompt, all.length, divergences.getAverage(), divergences.getMax());
        assertTrue(divergences.getAverage() < DIVERGENCE, prompt + ": " + divergences);
        if (prompt == 3) {
          assertTrue(divergences.getMax() < DIVERGENCE, prompt + ": " + divergences);
        }
      }
    }
  }

  private static int[] ids(SafetensorsFile expected, int prompt) {
    return Arrays.stream(Safetensors.read(expected, "ids." + prompt).toLongs())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /** Kullback and Leibler's of the second from the first, after each token. */
  private static DoubleStream divergences(Stepper first, Stepper second, int[] ids) {
    var one = CachedSequence.open(first.pool(), ids, 0);
    var other = CachedSequence.open(second.pool(), ids, 0);
    return Arrays.stream(ids)
        .mapToDouble(
            id -> {
              var exact = distribution(first, one, id);
              var near = distribution(second, other, id);
              double sum = 0;
              for (int token = 0; token < exact.length; token++) {
                sum += Math.exp(exact[token]) * (exact[token] - near[token]);
              }
              return sum;
            });
  }

  /** The log-probabilities after one token more. */
  private static float[] distribution(Stepper stepper, CachedSequence sequence, int id) {
    var result =
        stepper.forward(
            List.of(sequence),
            List.of(new int[] {id}),
            new int[] {1},
            logits -> Functions.logSoftmax(logits).toFloats());
    sequence.add(id);
    return result;
  }

  /** Only where the prompt is plain text, as a request takes it; gives how many were compared. */
  private static int greedy(
      LanguageModel model, SafetensorsFile expected, String prompt, int number) {
    if (prompt.contains("<|")) {
      return 0;
    }
    var ids = Safetensors.read(expected, "greedy." + number).toLongs();
    try (var pieces =
        model.generate(GenerationRequest.of(prompt).temperature(0).maxTokens(TOKENS))) {
      var completion = pieces.completion();
      var wanted = new StringBuilder();
      int written = 0;
      while (written < ids.length && !model.defaults().end().contains((int) ids[written])) {
        written++;
      }
      var chosen = new int[written];
      for (int at = 0; at < written; at++) {
        chosen[at] = (int) ids[at];
      }
      wanted.append(model.tokenizer().decode(chosen));
      assertEquals(wanted.toString(), completion.text(), prompt);
      return 1;
    }
  }
}
