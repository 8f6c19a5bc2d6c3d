package inkstone.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads a text file: one document, in parts if it is long. */
final class TextReader extends LookAhead {
  private final Path path;
  private final int number;
  private final Sampling sampling;
  private final Consumer<Skipped> skips;
  private @Nullable InputStream in;
  private @Nullable Blocks blocks;
  private long given = -1;
  private boolean done;

  TextReader(Path path, int number, Sampling sampling, Consumer<Skipped> skips) {
    this.path = path;
    this.number = number;
    this.sampling = sampling;
    this.skips = skips;
  }

  @Override
  @Nullable Document advance() {
    while (!done) {
      try {
        var block = blocks().next();
        if (block == null) {
          end();
        } else {
          var text = text(block);
          if (text != null) {
            var continues = block.index() > 0 && block.index() == given + 1;
            given = block.index();
            return new Document(path.toString(), number, text, continues);
          }
        }
      } catch (IOException e) {
        skips.accept(new Skipped(path.toString(), "cannot be read: " + e.getMessage()));
        done = true;
      }
    }
    close();
    return null;
  }

  private Blocks blocks() throws IOException {
    if (blocks == null) {
      in = Source.stream(path);
      blocks =
          new Blocks(
              in, Source.expected(path), sampling.block(), part -> sampling.takes(number, 0, part));
    }
    return blocks;
  }

  private @Nullable String text(Blocks.Block block) {
    var first = block.index() == 0;
    try {
      var text = TextDecoder.decode(block.bytes(), first ? TextDecoder.start(block.bytes()) : 0);
      if (!block.whole() || !text.isBlank()) {
        return text;
      }
      skips.accept(new Skipped(path.toString(), "empty"));
    } catch (TextDecoder.NoText e) {
      // A start that is no text condemns the file; a bad place further on, itself alone.
      done = first;
      var place =
          first
              ? path.toString()
              : "%s, bytes %d to %d"
                  .formatted(path, block.offset(), block.offset() + block.bytes().length - 1);
      skips.accept(new Skipped(place, e.reason()));
    }
    return null;
  }

  private void end() throws IOException {
    done = true;
    if (given < 0 && in != null && Source.isEmpty(path)) {
      skips.accept(new Skipped(path.toString(), "empty"));
    }
  }

  @Override
  public void close() {
    done = true;
    Source.close(in);
    in = null;
  }
}
