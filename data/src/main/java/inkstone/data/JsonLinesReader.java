package inkstone.data;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads a {@code .jsonl} file: each line is an object whose {@code text} is a document. */
final class JsonLinesReader extends LookAhead {
  private static final JsonMapper JSON = JsonMapper.shared();

  /** Bytes of the longest line that is read, so that memory stays bounded. */
  static final int LONGEST = 1 << 26;

  private final Path path;
  private final int number;
  private final Sampling sampling;
  private final Consumer<Skipped> skips;
  private @Nullable InputStream in;
  private boolean done;
  private long line;
  private @Nullable Blocks parts;
  private long given;

  JsonLinesReader(Path path, int number, Sampling sampling, Consumer<Skipped> skips) {
    this.path = path;
    this.number = number;
    this.sampling = sampling;
    this.skips = skips;
  }

  @Override
  @Nullable Document advance() {
    try {
      while (!done) {
        var part = parts == null ? null : parts.next();
        if (part != null) {
          var continues = part.index() > 0 && part.index() == given + 1;
          given = part.index();
          return new Document(
              place(), number, new String(part.bytes(), StandardCharsets.UTF_8), continues);
        }
        parts = nextLine();
      }
    } catch (IOException e) {
      skips.accept(new Skipped(path.toString(), "cannot be read: " + e.getMessage()));
    }
    close();
    return null;
  }

  /** The parts of the next line's text; null if it has none that is wanted. */
  private @Nullable Blocks nextLine() throws IOException {
    if (in == null) {
      in = new BufferedInputStream(Source.stream(path), 1 << 16);
    }
    var bytes = readLine(in);
    if (bytes == null) {
      done = true;
      if (line == 0) {
        skips.accept(new Skipped(path.toString(), "empty"));
      }
      return null;
    }
    line++;
    given = -1;
    var document = line;
    if (bytes.length > LONGEST) {
      skips.accept(new Skipped(place(), "the line is longer than %d bytes".formatted(LONGEST)));
      return null;
    }
    if (bytes.length <= sampling.block() && !sampling.takes(number, document, 0)) {
      return null;
    }
    try {
      var json = TextDecoder.decode(bytes, line == 1 ? TextDecoder.start(bytes) : 0);
      if (json.isBlank()) {
        return null;
      }
      var text = text(json).getBytes(StandardCharsets.UTF_8);
      return new Blocks(
          new ByteArrayInputStream(text),
          text.length,
          sampling.block(),
          part -> sampling.takes(number, document, part));
    } catch (TextDecoder.NoText e) {
      skips.accept(new Skipped(place(), e.reason()));
      return null;
    }
  }

  private static String text(String json) throws TextDecoder.NoText {
    try {
      var text = JSON.readTree(json).path("text");
      if (!text.isString()) {
        throw new TextDecoder.NoText("no \"text\" field that holds a string");
      }
      if (text.stringValue().isBlank()) {
        throw new TextDecoder.NoText("its text is empty");
      }
      if (!StandardCharsets.UTF_8.newEncoder().canEncode(text.stringValue())) {
        throw new TextDecoder.NoText("its text holds half a surrogate pair");
      }
      return text.stringValue();
    } catch (JacksonException e) {
      throw new TextDecoder.NoText("not JSON: " + e.getOriginalMessage());
    }
  }

  /** A line without its line feed, at most one byte longer than the longest; null at the end. */
  private static byte @Nullable [] readLine(InputStream in) throws IOException {
    var c = in.read();
    if (c < 0) {
      return null;
    }
    var bytes = new ByteArrayOutputStream(256);
    for (; c >= 0 && c != '\n'; c = in.read()) {
      if (bytes.size() <= LONGEST) {
        bytes.write(c);
      }
    }
    return bytes.toByteArray();
  }

  private String place() {
    return path + ":" + line;
  }

  @Override
  public void close() {
    done = true;
    Source.close(in);
    in = null;
  }
}
