package inkstone.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Something that a corpus reads from. */
sealed interface Source {

  /** Its size in bytes, unpacked. */
  long bytes() throws IOException;

  /** Reads its documents; {@code number} is the source's place in the corpus. */
  Documents.Reader open(int number, Sampling sampling, Consumer<Skipped> skips);

  /** A {@code .txt} or {@code .md} file: one document. */
  record Text(Path path) implements Source {
    @Override
    public long bytes() throws IOException {
      return length(path);
    }

    @Override
    public Documents.Reader open(int number, Sampling sampling, Consumer<Skipped> skips) {
      return new TextReader(path, number, sampling, skips);
    }
  }

  /** A {@code .jsonl} file: a document a line. */
  record JsonLines(Path path) implements Source {
    @Override
    public long bytes() throws IOException {
      return length(path);
    }

    @Override
    public Documents.Reader open(int number, Sampling sampling, Consumer<Skipped> skips) {
      return new JsonLinesReader(path, number, sampling, skips);
    }
  }

  /** WordNet: a document a synset. */
  record Synsets() implements Source {
    @Override
    public long bytes() {
      return WordNet.BYTES;
    }

    @Override
    public Documents.Reader open(int number, Sampling sampling, Consumer<Skipped> skips) {
      return new WordNet(number, sampling);
    }
  }

  /** The source that a file's name promises; none for an unknown ending. */
  static Optional<Source> of(Path path) {
    var name = String.valueOf(path.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".gz")) {
      name = name.substring(0, name.length() - 3);
    }
    if (name.endsWith(".txt") || name.endsWith(".md")) {
      return Optional.of(new Text(path));
    }
    return name.endsWith(".jsonl") ? Optional.of(new JsonLines(path)) : Optional.empty();
  }

  /** The bytes of a file, unpacked if it is packed. */
  static InputStream stream(Path path) throws IOException {
    // Unlike the stream that Files gives, this one skips by seeking in every JDK.
    var file = new FileInputStream(path.toFile());
    if (!packed(path)) {
      return file;
    }
    try {
      return new GZIPInputStream(new BufferedInputStream(file, 1 << 16), 1 << 16);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** An upper bound for the unpacked length of a file. */
  static long expected(Path path) throws IOException {
    return packed(path) ? Long.MAX_VALUE : Files.size(path);
  }

  /** Whether a file holds no byte. */
  static boolean isEmpty(Path path) throws IOException {
    try (var in = stream(path)) {
      return in.read() < 0;
    }
  }

  /** Closes what may not be open yet. */
  static void close(@Nullable Closeable open) {
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // It was read only: nothing can be lost.
      }
    }
  }

  private static boolean packed(Path path) {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
  }

  private static long length(Path path) throws IOException {
    if (!packed(path)) {
      return Files.size(path);
    }
    try (var in = stream(path)) {
      return in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
