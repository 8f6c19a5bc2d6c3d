package inkstone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.ModelDirectory;
import inkstone.tensor.GgufFile;
import inkstone.tensor.GgufType;
import inkstone.text.Tokenizer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ConvertCommandTest {

  @TempDir static Path model;
  @TempDir Path folder;

  @BeforeAll
  static void save() {
    try (var decoder = Decoder.random(DecoderConfig.llama(257, 64, 32, 1, 2), 1)) {
      ModelDirectory.save(model, decoder, OptionalInt.of(256));
    }
    Tokenizer.ofBytes(List.of("<|endoftext|>")).save(model);
  }

  private static int run(Object... words) {
    var line = new String[words.length];
    for (int i = 0; i < line.length; i++) {
      line[i] = words[i].toString();
    }
    return Main.run(line);
  }

  @Test
  void aDirectoryBecomesAFileAndADirectoryAgain() throws Exception {
    var file = folder.resolve("model.gguf");
    var back = folder.resolve("back");
    assertEquals(0, run("convert", "--model", model, "--out", file, "--type", "f32"));
    assertEquals(0, run("convert", "--model", file, "--out", back));
    assertEquals(
        -1, Files.mismatch(model.resolve("model.safetensors"), back.resolve("model.safetensors")));
    assertTrue(Files.exists(back.resolve("tokenizer.json")));
  }

  @Test
  void theTypeIsThatAskedForAndFloat16Otherwise() {
    for (var type : List.of("", "f16", "q8_0", "Q4_0")) {
      var file = folder.resolve("model" + type + ".gguf");
      int code =
          type.isEmpty()
              ? run("convert", "--model", model, "--out", file)
              : run("convert", "--model", model, "--out", file, "--type", type);
      assertEquals(0, code);
      try (var opened = GgufFile.open(file)) {
        assertEquals(
            type.isEmpty()
                ? GgufType.F16
                : GgufType.valueOf(type.toUpperCase(java.util.Locale.ROOT)),
            opened.entry("blk.0.attn_q.weight").type());
      }
    }
  }

  @Test
  void aMistakeIsToldAndWritesNothing() {
    var out = folder.resolve("x");
    assertEquals(2, run("convert", "--model", model, "--out", out, "--type", "q8_0"));
    assertEquals(2, run("convert", "--model", folder.resolve("no.gguf"), "--out", out));
    assertEquals(2, run("convert", "--model", model));
    assertEquals(
        2, run("convert", "--model", model, "--out", model.resolve("../" + model.getFileName())));
    assertFalse(Files.exists(out));
    var error = new StringWriter();
    new CommandLine(new ConvertCommand())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setErr(new PrintWriter(error))
        .execute("--model", "a", "--out", "b", "--type", "q8_0");
    assertTrue(error.toString().contains("--type q8_0: a folder has float32"), error.toString());
  }
}
