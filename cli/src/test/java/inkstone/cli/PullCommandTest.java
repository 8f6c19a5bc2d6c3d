package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.hub.HubException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PullCommandTest {

  private static final PrintStream OUT = System.out;
  private static final PrintStream ERR = System.err;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  @BeforeEach
  void listen() {
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(OUT);
    System.setErr(ERR);
  }

  private String mistake(String... words) {
    err.reset();
    assertEquals(2, Main.run(words), err.toString(UTF_8));
    assertEquals("", out.toString(UTF_8));
    return err.toString(UTF_8).strip();
  }

  @Test
  void aModelOfThisMachineIsPrintedAsItIs() throws IOException {
    Files.writeString(folder.resolve("config.json"), "{}");
    Files.writeString(folder.resolve("model.safetensors"), "\u0002\0\0\0\0\0\0\0{}");
    assertEquals(0, Main.run("pull", folder.toString()));
    assertEquals(folder + System.lineSeparator(), out.toString(UTF_8));
  }

  @Test
  void mistakesAreOneLine() {
    var cache = folder.resolve("cache").toString();
    assertEquals(
        "inkstone pull: hf:org/name is not on this machine (looked in %s); fetch it with: ./inkstone pull hf:org/name"
            .formatted(cache),
        mistake("pull", "hf:org/name", "--offline", "--cache", cache));
    assertEquals(
        "inkstone pull: hf:org/name/*Q4.gguf is not on this machine (looked in %s); fetch it with: ./inkstone pull 'hf:org/name/*Q4.gguf'"
            .formatted(cache),
        mistake("pull", "hf:org/name", "--file", "*Q4.gguf", "--offline", "--cache", cache));
    assertEquals(
        "inkstone pull: --file chooses files of hf: and modelscope: sources, not of maven:a:b:1",
        mistake("pull", "maven:a:b:1", "--file", "x"));
    assertTrue(mistake("pull", "hf:").startsWith("inkstone pull: '' is no repository's name"));
    assertTrue(
        mistake("pull", folder.resolve("none").toString())
            .startsWith("inkstone pull: there is no "));
    assertTrue(mistake("pull").startsWith("Missing required parameter: 'SOURCE'"));
  }

  @Test
  void aModelIsNamedByItsPathOrByWhereItCameFrom() {
    assertEquals(Path.of("runs/first/model"), Models.path("runs/first/model"));
    var e = assertThrows(HubException.class, () -> Models.path("hf:no-such/model-at-all"));
    assertTrue(
        e.getMessage().endsWith("fetch it with: ./inkstone pull hf:no-such/model-at-all"),
        e.getMessage());
    assertTrue(
        mistake("generate", "--model", "hf:no-such/model-at-all")
            .endsWith("fetch it with: ./inkstone pull hf:no-such/model-at-all"));
  }
}
