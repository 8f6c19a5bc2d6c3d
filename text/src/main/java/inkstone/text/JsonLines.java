package inkstone.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Streams of texts and ids, a line each: a text is one JSON string, its ids one JSON array. Lines
 * are worked on by all processors, some at a time, and come out in order.
 */
public final class JsonLines {

  private static final int BATCH_LINES = 8192;
  private static final int BATCH_CHARACTERS = 1 << 22;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private JsonLines() {}

  /**
   * Reads one JSON string a line and writes the ids of each as plain text.
   *
   * @throws TokenizerException at a line that is not one JSON string; the lines of the batches
   *     before it have been written
   * @throws UncheckedIOException where reading or writing fails
   */
  public static void encode(Tokenizer tokenizer, InputStream texts, OutputStream ids) {
    each(texts, ids, (line, number) -> array(tokenizer.encode(text(line, number))));
  }

  /**
   * Reads one JSON array of ids a line and writes the text of each.
   *
   * @throws TokenizerException at a line that is not one JSON array of ids of this tokenizer
   * @throws UncheckedIOException where reading or writing fails
   */
  public static void decode(Tokenizer tokenizer, InputStream ids, OutputStream texts) {
    each(ids, texts, (line, number) -> string(tokenizer, ids(line, number), number));
  }

  private interface Work {
    byte[] on(String line, long number);
  }

  private static void each(InputStream in, OutputStream out, Work work) {
    try {
      var reader = new BufferedReader(new InputStreamReader(in, UTF_8.newDecoder()), 1 << 16);
      long done = 0;
      List<String> lines = batch(reader);
      while (!lines.isEmpty()) {
        long first = done + 1;
        List<String> now = lines;
        List<byte[]> results =
            IntStream.range(0, now.size())
                .parallel()
                .mapToObj(i -> work.on(now.get(i), first + i))
                .toList();
        for (byte[] result : results) {
          out.write(result);
        }
        done += now.size();
        lines = batch(reader);
      }
      out.flush();
    } catch (CharacterCodingException e) {
      throw new TokenizerException("the input is not UTF-8", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> batch(BufferedReader reader) throws IOException {
    var lines = new ArrayList<String>();
    int characters = 0;
    while (lines.size() < BATCH_LINES && characters < BATCH_CHARACTERS) {
      String line = reader.readLine();
      if (line == null) {
        return lines;
      }
      lines.add(line);
      characters += line.length();
    }
    return lines;
  }

  private static String text(String line, long number) {
    JsonNode node = parse(line, number, "one JSON string");
    if (!node.isString()) {
      throw bad(number, "one JSON string", line);
    }
    return node.stringValue();
  }

  private static int[] ids(String line, long number) {
    JsonNode node = parse(line, number, "one JSON array of ids");
    if (!node.isArray() || !node.valueStream().allMatch(JsonNode::isInt)) {
      throw bad(number, "one JSON array of ids", line);
    }
    return node.valueStream().mapToInt(JsonNode::intValue).toArray();
  }

  private static JsonNode parse(String line, long number, String expected) {
    try {
      return JSON.readTree(line);
    } catch (JacksonException e) {
      throw bad(number, expected, line);
    }
  }

  private static TokenizerException bad(long number, String expected, String line) {
    String shown = line.length() > 60 ? line.substring(0, 60) + "..." : line;
    return new TokenizerException(
        "line %d: expected %s, found: %s".formatted(number, expected, shown));
  }

  private static byte[] array(int[] ids) {
    var line = new StringBuilder(ids.length * 6 + 3).append('[');
    for (int i = 0; i < ids.length; i++) {
      if (i > 0) {
        line.append(',');
      }
      line.append(ids[i]);
    }
    return line.append("]\n").toString().getBytes(UTF_8);
  }

  private static byte[] string(Tokenizer tokenizer, int[] ids, long number) {
    try {
      return (JSON.writeValueAsString(tokenizer.decode(ids)) + "\n").getBytes(UTF_8);
    } catch (TokenizerException e) {
      throw new TokenizerException("line %d: %s".formatted(number, e.getMessage()), e);
    }
  }
}
