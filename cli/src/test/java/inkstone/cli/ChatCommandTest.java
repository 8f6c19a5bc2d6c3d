package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.ModelDirectory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verb with its input from a pipe. */
class ChatCommandTest {

  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String typed, String... words) {
    var in = System.in;
    var before = System.out;
    var complaints = System.err;
    System.setIn(new ByteArrayInputStream(typed.getBytes(UTF_8)));
    System.setOut(new PrintStream(out, true, UTF_8));
    System.setErr(new PrintStream(err, true, UTF_8));
    try {
      return Main.run(words);
    } finally {
      System.setIn(in);
      System.setOut(before);
      System.setErr(complaints);
    }
  }

  private String model(boolean template) throws Exception {
    try (var model = ChatModels.echoing(64)) {
      ModelDirectory.save(folder, model.decoder(), OptionalInt.of(256));
      model.tokenizer().save(folder);
    }
    if (template) {
      Files.writeString(folder.resolve("chat_template.jinja"), ChatModels.TEMPLATE);
    }
    return folder.toString();
  }

  @Test
  void eachLineOfAPipeIsAnsweredPlainly() throws Exception {
    int code =
        run(
            "hi\n\n墨\\\n水\n\"\"\"\nc\n\"\"\"\n/clear\nlast",
            "chat",
            "--model",
            model(true),
            "--temperature",
            "0",
            "--regex",
            "!{2}");
    assertEquals(0, code, err.toString(UTF_8));
    var lines = out.toString(UTF_8).lines().toList();
    assertEquals(5, lines.size(), lines.toString());
    assertEquals("!!", lines.get(0));
    assertEquals("!!", lines.get(4));
    assertTrue(!out.toString(UTF_8).contains("\u001B"));
  }

  @Test
  void aModelWithoutATemplateIsALineAndCodeTwo() throws Exception {
    assertEquals(2, run("", "chat", "--model", model(false)));
    assertTrue(err.toString(UTF_8).startsWith("inkstone chat: the model has no chat template"));
    assertEquals(1, err.toString(UTF_8).lines().count());
  }

  @Test
  void textsAreHeldToASchemaOrAnExpression() throws Exception {
    var schema = Files.writeString(folder.resolve("s.json"), "{\"const\":[1,\"墨\"]}");
    var model = model(true);
    assertEquals(0, run("", "generate", "--model", model, "--json-schema", schema.toString()));
    assertEquals("[1,\"墨\"]\n", out.toString(UTF_8));
    out.reset();
    assertEquals(0, run("", "generate", "--model", model, "--regex", "(ab){3}"));
    assertEquals("ababab\n", out.toString(UTF_8));
    assertEquals(2, run("", "generate", "--model", model, "--regex", "a(?=b)"));
    assertTrue(err.toString(UTF_8).contains("inkstone generate: the regular expression has '(?='"));
    assertEquals(2, run("", "generate", "--model", model, "--regex", "a", "--json-schema", "none"));
    assertEquals(2, run("", "generate", "--model", model, "--json-schema", "none"));
    assertTrue(err.toString(UTF_8).contains("none cannot be read: it is not there"));
  }
}
