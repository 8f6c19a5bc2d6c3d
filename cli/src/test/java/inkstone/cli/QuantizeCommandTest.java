package inkstone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.generate.LanguageModel;
import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.ModelDirectory;
import inkstone.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeCommandTest {

  @TempDir static Path model;
  @TempDir Path folder;

  @BeforeAll
  static void save() {
    try (var decoder = Decoder.random(DecoderConfig.llama(257, 64, 96, 1, 3), 1)) {
      ModelDirectory.save(model, decoder, OptionalInt.of(256));
    }
    Tokenizer.ofBytes(List.of("<|endoftext|>")).save(model);
  }

  private record Result(int code, String out, String err) {}

  private static Result run(Object... words) {
    var line = new String[words.length];
    for (int i = 0; i < line.length; i++) {
      line[i] = words[i].toString();
    }
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var before = new PrintStream[] {System.out, System.err};
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int code = Main.run(line);
      return new Result(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before[0]);
      System.setErr(before[1]);
    }
  }

  @Test
  void aRoundedModelIsWrittenAndMeasured() throws Exception {
    var text = Files.writeString(folder.resolve("text.txt"), "It was a dark night. ".repeat(20));
    var out = folder.resolve("small");
    var result =
        run("quantize", "--model", model, "--out", out, "--bits", 4, "--text", text, "--json");
    assertEquals(0, result.code, result.err);
    assertTrue(result.err.contains("419 tokens: perplexity "), result.err);
    assertTrue(
        result.out.matches(
            "\\{\"bits\":4,\"group\":32,\"bytes\":\\d+,\"tokens\":419,\"perplexity\":2\\d\\d\\.\\d+,"
                + "\"perplexity_before\":2\\d\\d\\.\\d+,\"divergence\":0\\.0\\d+}\\s+"),
        result.out);
    try (var opened = LanguageModel.open(out)) {
      assertEquals(96, opened.decoder().config().width());
    }
    var whole = run("quantize", "--model", model, "--out", folder.resolve("eight"), "--json");
    assertTrue(whole.out.startsWith("{\"bits\":8,\"group\":0,\"bytes\":"), whole.out);
  }

  @Test
  void mistakesAreToldBeforeAnythingIsWritten() {
    var out = folder.resolve("no");
    assertEquals(2, run("quantize", "--model", model, "--out", model).code);
    var group = run("quantize", "--model", model, "--out", out, "--bits", 3);
    assertEquals(2, group.code);
    assertEquals(
        2, run("quantize", "--model", model, "--out", out, "--text", folder.resolve("x")).code);
    assertTrue(!Files.exists(out));
  }
}
