package inkstone.generate.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import inkstone.generate.FinishReason;
import inkstone.generate.GenerationDefaults;
import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever is written to its end is valid: networknt's validator says so. */
class SchemaValidityTest {

  private static final int END = 256;

  /** More with {@code -DargLine=-Dtest.rounds=400}. */
  private static final int ROUNDS = Integer.getInteger("test.rounds", 100);

  private static final Tokenizer BYTES = Tokenizer.ofBytes(List.of("<|end|>"));
  private static final TokenBytes TOKENS = TokenBytes.of(BYTES, List.of(END));

  private static List<?> faults(String schema, String text) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema)
        .validate(
            text,
            InputFormat.JSON,
            run -> run.executionConfig(config -> config.formatAssertionsEnabled(true)));
  }

  /** A text of random tokens, with a liking for those that close something; empty if too long. */
  private static String walk(Guide start, SplittableRandom random) {
    var bytes = new ByteArrayOutputStream();
    var guide = start;
    for (int i = 0; i < 4_000 && !guide.finished(); i++) {
      var mask = guide.allowed();
      int id;
      int hasty = i < 60 ? 4 : 1;
      if (random.nextInt(hasty) == 0 && mask.allows(END)) {
        id = END;
      } else if (random.nextInt(hasty) == 0 && mask.allows('"')) {
        id = '"';
      } else if (random.nextInt(hasty) == 0 && (mask.allows('}') || mask.allows(']'))) {
        id = mask.allows('}') ? '}' : ']';
      } else {
        do {
          id = random.nextInt(257);
        } while (!mask.allows(id));
      }
      guide = guide.accept(id);
      bytes.writeBytes(BYTES.bytes(id));
    }
    return guide.finished() ? bytes.toString(StandardCharsets.UTF_8) : "";
  }

  @Test
  void randomTextsOfRandomSchemasAreValid() {
    int texts = 0;
    int unfinished = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      var schema = Schemas.random(seed);
      var start = guide(schema, seed);
      for (int i = 0; i < 4; i++) {
        var text = walk(start, new SplittableRandom(31L * seed + i));
        if (text.isEmpty()) {
          unfinished++;
          continue;
        }
        texts++;
        var faults = faults(schema, text);
        assertTrue(faults.isEmpty(), "seed %d: %s%n%s%n%s".formatted(seed, faults, schema, text));
      }
    }
    assertTrue(texts > 3 * ROUNDS, texts + " ended, " + unfinished + " did not");
  }

  private static Guide guide(String schema, int seed) {
    try {
      return Constraint.json(schema).over(TOKENS, true);
    } catch (ConstraintException e) {
      throw new AssertionError("seed %d: %s".formatted(seed, schema), e);
    }
  }

  @Test
  void aModelOfRandomWeightsWritesValidJson() {
    int ended = 0;
    try (var model =
        LanguageModel.of(
            Decoder.random(DecoderConfig.llama(257, 600, 16, 1, 2), 1),
            BYTES,
            new GenerationDefaults(
                OptionalInt.of(END), List.of(END), GenerationDefaults.SAMPLING))) {
      for (int seed = 0; seed < 40; seed++) {
        var schema = Schemas.random(seed);
        var request =
            GenerationRequest.of("")
                .constraint(Constraint.json(schema))
                .maxTokens(500)
                .temperature(1)
                .seed(seed);
        try (var pieces = model.generate(request)) {
          var completion = pieces.completion();
          if (completion.finishReason() == FinishReason.STOP) {
            ended++;
            assertEquals(
                List.of(),
                faults(schema, completion.text()),
                "seed %d: %s%n%s".formatted(seed, schema, completion.text()));
          }
        }
      }
    }
    assertTrue(ended >= 10, ended + " ended");
  }
}
