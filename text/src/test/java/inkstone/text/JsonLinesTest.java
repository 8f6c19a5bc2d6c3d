package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JsonLinesTest {

  private static final Tokenizer BYTES = Tokenizer.ofBytes(List.of("<s>"));

  private static InputStream in(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(String lines) {
    var out = new ByteArrayOutputStream();
    JsonLines.encode(BYTES, in(lines), out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String decode(String lines) {
    var out = new ByteArrayOutputStream();
    JsonLines.decode(BYTES, in(lines), out);
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aLineIsAStringAndBecomesAnArray() {
    assertEquals("[97,98]\n[]\n[60,115,62,10]\n", encode("\"ab\"\n\"\"\n\"<s>\\n\""));
    assertEquals("[229,162,168]\n", encode("\"\\u58a8\"\r\n"));
    assertEquals("", encode(""));
  }

  @Test
  void aLineIsAnArrayAndBecomesAString() {
    assertEquals("\"ab\"\n\"\"\n\"\u58A8\\n\"\n", decode("[97, 98]\n[]\n[229,162,168,256,10]\n"));
  }

  @Test
  void manyLinesComeBackInOrder() {
    long seed = RandomText.seed();
    var random = new SplittableRandom(seed);
    var lines = new StringBuilder();
    var json = new JsonMapper();
    for (int i = 0; i < 20_000; i++) {
      lines.append(json.writeValueAsString(i + RandomText.next(random, 5))).append('\n');
    }
    assertEquals(lines.toString(), decode(encode(lines.toString())), "seed " + seed);
  }

  @Test
  void aLongLineIsABatchOfItsOwn() {
    String text = "x".repeat(5_000_000);
    String ids = encode("\"" + text + "\"\n\"y\"\n");
    assertEquals("[121]\n", ids.substring(ids.length() - 6));
    assertEquals("\"" + text + "\"\n\"y\"\n", decode(ids));
  }

  @Test
  void badLinesAreNamed() {
    assertEquals(
        "line 2: expected one JSON string, found: [1]",
        assertThrows(TokenizerException.class, () -> encode("\"a\"\n[1]\n")).getMessage());
    for (String bad : List.of("abc", "\"a", "\"a\" \"b\"", "", "null", "3")) {
      assertEquals(
          "line 1: expected one JSON string, found: " + bad,
          assertThrows(TokenizerException.class, () -> encode(bad + "\n\"b\"")).getMessage());
    }
    for (String bad : List.of("\"a\"", "[\"a\"]", "[1", "[1.5]", "7", "[99999999999]")) {
      assertEquals(
          "line 1: expected one JSON array of ids, found: " + bad,
          assertThrows(TokenizerException.class, () -> decode(bad)).getMessage());
    }
    assertEquals(
        "line 3: token id 257 is outside the vocabulary, [0, 257)",
        assertThrows(TokenizerException.class, () -> decode("[]\n[]\n[257]")).getMessage());
    assertEquals(
        "line 1: expected one JSON string, found: " + "x".repeat(60) + "...",
        assertThrows(TokenizerException.class, () -> encode("x".repeat(61))).getMessage());
  }

  @Test
  void linesBeforeABadBatchAreWritten() {
    var out = new ByteArrayOutputStream();
    String lines = "\"a\"\n".repeat(8192) + "bad\n";
    assertThrows(TokenizerException.class, () -> JsonLines.encode(BYTES, in(lines), out));
    assertArrayEquals("[97]\n".repeat(8192).getBytes(StandardCharsets.UTF_8), out.toByteArray());
  }

  @Test
  void inputThatIsNotUtf8IsRefused() {
    var bytes = new ByteArrayInputStream(new byte[] {'"', (byte) 0xFF, '"'});
    var error =
        assertThrows(
            TokenizerException.class,
            () -> JsonLines.encode(BYTES, bytes, OutputStream.nullOutputStream()));
    assertEquals("the input is not UTF-8", error.getMessage());
  }

  @Test
  void aStreamThatBreaksIsTold() {
    var broken =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("full");
          }
        };
    assertThrows(UncheckedIOException.class, () -> JsonLines.encode(BYTES, in("\"a\""), broken));
  }
}
