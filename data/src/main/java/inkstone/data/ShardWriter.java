package inkstone.data;

import inkstone.tensor.DType;
import inkstone.tensor.SafetensorsWriter;
import inkstone.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes the files of {@link TokenShards}. */
final class ShardWriter implements AutoCloseable {
  static final String TOKENS = "tokens";
  static final String DOCUMENTS = "documents";
  static final String SHA256 = "tokenizer_sha256";
  static final String VERSION = "format_version";
  static final String CONTINUES = "continues";
  static final String CURRENT = "1";

  /** Bytes of tokens after which a shard ends. */
  static final int SHARD = 256 << 20;

  private final Path folder;
  private final Tokenizer tokenizer;
  private final DType dtype;
  private final int shardTokens;
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private @Nullable SafetensorsWriter writer;
  private int shards;
  private int tokens;
  private long[] starts = new long[1024];
  private int documents;

  private ShardWriter(Path folder, Tokenizer tokenizer, int shardBytes) {
    this.folder = folder;
    this.tokenizer = tokenizer;
    this.dtype = tokenizer.vocabularySize() <= 1 << 16 ? DType.UINT16 : DType.INT32;
    this.shardTokens = Math.max(1, shardBytes / dtype.bytes());
  }

  static void write(
      Documents documents, Tokenizer tokenizer, int endOfText, Path folder, int shardBytes) {
    if (endOfText < 0 || endOfText >= tokenizer.vocabularySize()) {
      throw new CorpusException(
          "the end-of-text id %d is not one of the tokenizer's %d ids"
              .formatted(endOfText, tokenizer.vocabularySize()));
    }
    try (var writer = new ShardWriter(folder, tokenizer, shardBytes);
        var encoder = new ParallelEncoder(documents.open(), tokenizer)) {
      Files.createDirectories(folder);
      for (var old : list(folder)) {
        Files.delete(old);
      }
      var any = false;
      while (encoder.hasNext()) {
        var encoded = encoder.next();
        if (!encoded.continues()) {
          writer.end(any, endOfText);
          writer.start();
        }
        writer.append(encoded.ids());
        any = true;
      }
      if (!any) {
        throw new CorpusException("there is no document to encode");
      }
      writer.end(true, endOfText);
      writer.finish();
    } catch (IOException e) {
      throw new CorpusException(folder + ": token shards cannot be written: " + e.getMessage(), e);
    }
  }

  /** The shards of a folder, in order, whole or not. */
  static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(f -> String.valueOf(f.getFileName()).matches("tokens-\\d+-of-\\d+\\.safetensors"))
          .sorted()
          .toList();
    }
  }

  /** A shard's file name; {@code of} is 0 as long as their number is not known. */
  static String name(int shard, int of) {
    return "tokens-%05d-of-%05d.safetensors".formatted(shard, of);
  }

  private void start() {
    if (writer != null && tokens >= shardTokens) {
      commit();
    }
    open(false);
    if (documents + 1 == starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
    }
    starts[documents++] = tokens;
  }

  private void end(boolean any, int endOfText) {
    if (any) {
      append(new int[] {endOfText});
    }
  }

  private void append(int[] ids) {
    for (var id : ids) {
      if (tokens >= 2 * shardTokens) {
        // One very long document: it goes on in the next shard.
        commit();
        open(true);
        starts[documents++] = 0;
      }
      if (dtype == DType.UINT16) {
        buffer.putChar((char) id);
      } else {
        buffer.putInt(id);
      }
      tokens++;
      if (!buffer.hasRemaining()) {
        flush();
      }
    }
  }

  private void open(boolean continues) {
    if (writer != null) {
      return;
    }
    Map<String, String> metadata = new TreeMap<>();
    metadata.put(VERSION, CURRENT);
    metadata.put(SHA256, tokenizer.sha256());
    if (continues) {
      metadata.put(CONTINUES, "true");
    }
    writer =
        SafetensorsWriter.create(
            folder.resolve(name(++shards, 0)),
            metadata,
            List.of(
                new SafetensorsWriter.Spec(TOKENS, dtype, List.of(SafetensorsWriter.UNKNOWN)),
                new SafetensorsWriter.Spec(
                    DOCUMENTS, DType.INT64, List.of(SafetensorsWriter.UNKNOWN))));
    tokens = 0;
    documents = 0;
  }

  private void flush() {
    if (writer != null) {
      writer.write(TOKENS, MemorySegment.ofBuffer(buffer.flip()));
    }
    buffer.clear();
  }

  private void commit() {
    if (writer == null) {
      return;
    }
    flush();
    starts[documents] = tokens;
    for (int i = 0; i <= documents; i++) {
      buffer.putLong(starts[i]);
      if (!buffer.hasRemaining() || i == documents) {
        writer.write(DOCUMENTS, MemorySegment.ofBuffer(buffer.flip()));
        buffer.clear();
      }
    }
    writer.commit();
    writer = null;
  }

  /** Gives the shards the names by which a reader sees that none is missing. */
  private void finish() throws IOException {
    commit();
    for (int i = 1; i <= shards; i++) {
      Files.move(
          folder.resolve(name(i, 0)),
          folder.resolve(name(i, shards)),
          StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @Override
  public void close() {
    if (writer != null) {
      writer.close();
    }
  }
}
