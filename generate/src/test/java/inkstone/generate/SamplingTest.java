package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.generate.constraint.Constraint;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SamplingTest {

  private static final GenerationRequest PLAIN = GenerationRequest.of("Hello");

  private static void refused(String part, Supplier<Object> call) {
    var e = assertThrows(GenerationException.class, call::get);
    assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
    assertTrue(
        String.valueOf(e.getMessage()).contains("give")
            || String.valueOf(e.getMessage()).contains("leave"),
        e.getMessage());
  }

  @Test
  void theEndsOfTheRangesAreIn() {
    PLAIN.temperature(0).topK(0).topP(0).minP(0).repetitionPenalty(1e-9).maxTokens(1);
    PLAIN.temperature(1e6).topK(Integer.MAX_VALUE).topP(1).minP(1).maxTokens(Integer.MAX_VALUE);
  }

  @Test
  void whatIsOutOfRangeIsTold() {
    refused("temperature -0.1", () -> PLAIN.temperature(-0.1));
    refused("temperature NaN", () -> PLAIN.temperature(Double.NaN));
    refused("temperature Infinity", () -> PLAIN.temperature(Double.POSITIVE_INFINITY));
    refused("top-k -1", () -> PLAIN.topK(-1));
    refused("top-p -0.01", () -> PLAIN.topP(-0.01));
    refused("top-p 1.01", () -> PLAIN.topP(1.01));
    refused("top-p NaN", () -> PLAIN.topP(Double.NaN));
    refused("min-p -0.01", () -> PLAIN.minP(-0.01));
    refused("min-p 1.01", () -> PLAIN.minP(1.01));
    refused("repetition penalty 0.0", () -> PLAIN.repetitionPenalty(0));
    refused("repetition penalty Infinity", () -> PLAIN.repetitionPenalty(Double.POSITIVE_INFINITY));
    refused("max tokens 0", () -> PLAIN.maxTokens(0));
    refused("stop string", () -> PLAIN.stop("a", ""));
  }

  @Test
  void aPlainRequestLeavesAllToTheModel() {
    assertEquals("Hello", PLAIN.prompt());
    assertEquals(OptionalDouble.empty(), PLAIN.temperature());
    assertEquals(OptionalInt.empty(), PLAIN.topK());
    assertEquals(OptionalDouble.empty(), PLAIN.topP());
    assertEquals(OptionalDouble.empty(), PLAIN.minP());
    assertEquals(OptionalDouble.empty(), PLAIN.repetitionPenalty());
    assertEquals(256, PLAIN.maxTokens());
    assertEquals(List.of(), PLAIN.stop());
    assertEquals(OptionalLong.empty(), PLAIN.seed());
    assertEquals(false, PLAIN.logprobs());
  }

  @Test
  void eachWordChangesItsPartAndKeepsTheOthers() {
    var full =
        PLAIN
            .temperature(0.8)
            .topK(40)
            .topP(0.95)
            .minP(0.05)
            .repetitionPenalty(1.1)
            .maxTokens(9)
            .stop("\n", "END")
            .seed(7)
            .logprobs(true)
            .constraint(Constraint.regex("a"));
    var expected =
        new GenerationRequest(
            "Hello",
            OptionalDouble.of(0.8),
            OptionalInt.of(40),
            OptionalDouble.of(0.95),
            OptionalDouble.of(0.05),
            OptionalDouble.of(1.1),
            9,
            List.of("\n", "END"),
            OptionalLong.of(7),
            true,
            Speculation.NONE,
            Optional.of(Constraint.regex("a")));
    assertEquals(expected, full);
    assertEquals(
        expected,
        full.temperature(0.8)
            .topK(40)
            .topP(0.95)
            .minP(0.05)
            .repetitionPenalty(1.1)
            .maxTokens(9)
            .stop(List.of("\n", "END"))
            .seed(7)
            .logprobs(true)
            .constraint(Constraint.regex("a")));
  }
}
