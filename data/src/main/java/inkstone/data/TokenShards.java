package inkstone.data;

import inkstone.tensor.DType;
import inkstone.tensor.SafetensorsFile;
import inkstone.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The tokens of a corpus, on disk and mapped into memory: {@code tokens-00001-of-00003.safetensors}
 * and so on, read as one row.
 *
 * <p>A shard holds {@code tokens} ({@code U16} where every id fits, else {@code I32}), {@code
 * documents} ({@code I64}: where each document of the shard starts, and behind them the number of
 * tokens) and, as metadata, the SHA-256 of the tokenizer. Behind each document stands the
 * end-of-text token.
 */
public final class TokenShards implements Tokens, AutoCloseable {
  private final List<Shard> shards;
  private final long size;
  private final long documents;

  private record Shard(
      SafetensorsFile file, MemorySegment ids, DType dtype, long start, long length) {}

  private TokenShards(List<Shard> shards, long documents) {
    this.shards = shards;
    this.size = shards.getLast().start() + shards.getLast().length();
    this.documents = documents;
  }

  /**
   * Encodes documents with all cores and in bounded memory, writes the shards into {@code folder}
   * (which is made if need be; shards in it are replaced) and opens them.
   *
   * @param endOfText the id that is put behind each document
   * @throws CorpusException if there is no document
   */
  public static TokenShards write(
      Documents documents, Tokenizer tokenizer, int endOfText, Path folder) {
    ShardWriter.write(documents, tokenizer, endOfText, folder, ShardWriter.SHARD);
    return open(folder, tokenizer);
  }

  /**
   * Opens the shards of a folder.
   *
   * @throws CorpusException if there are none, one is missing, or another tokenizer wrote them
   */
  public static TokenShards open(Path folder, Tokenizer tokenizer) {
    var shards = new ArrayList<Shard>();
    try {
      long start = 0;
      long documents = 0;
      for (var path : paths(folder)) {
        var file = SafetensorsFile.open(path);
        var shard = shard(path, file, start);
        shards.add(shard);
        check(path, file, tokenizer);
        start += shard.length();
        documents += file.entry(ShardWriter.DOCUMENTS).shape().getFirst() - 1;
        if (file.metadata().containsKey(ShardWriter.CONTINUES)) {
          documents--;
        }
      }
      return new TokenShards(List.copyOf(shards), documents);
    } catch (RuntimeException e) {
      shards.forEach(shard -> shard.file().close());
      throw e;
    }
  }

  private static Shard shard(Path path, SafetensorsFile file, long start) {
    var tokens = file.entry(ShardWriter.TOKENS);
    var documents = file.entry(ShardWriter.DOCUMENTS);
    if (tokens.shape().size() != 1
        || (tokens.dtype() != DType.UINT16 && tokens.dtype() != DType.INT32)
        || documents.shape().size() != 1
        || documents.shape().getFirst() < 2
        || documents.dtype() != DType.INT64) {
      file.close();
      throw new CorpusException(path + ": these are no token shards; delete them and run again");
    }
    return new Shard(file, tokens.data(), tokens.dtype(), start, tokens.shape().getFirst());
  }

  private static void check(Path path, SafetensorsFile file, Tokenizer tokenizer) {
    var version = file.metadata().getOrDefault(ShardWriter.VERSION, "none");
    if (!version.equals(ShardWriter.CURRENT)) {
      throw new CorpusException(
          "%s: the shard has format version %s, this program reads %s; delete the shards and run again"
              .formatted(path, version, ShardWriter.CURRENT));
    }
    var sha256 = file.metadata().getOrDefault(ShardWriter.SHA256, "none");
    if (!sha256.equals(tokenizer.sha256())) {
      throw new CorpusException(
          "%s: the shard was written with another tokenizer (SHA-256 %s, this one has %s); use that tokenizer, or delete the shards and encode the corpus again"
              .formatted(path, sha256, tokenizer.sha256()));
    }
  }

  private static List<Path> paths(Path folder) {
    List<Path> paths;
    try {
      paths = ShardWriter.list(folder);
    } catch (IOException e) {
      throw new CorpusException(folder + ": cannot be read: " + e.getMessage(), e);
    }
    if (paths.isEmpty()) {
      throw new CorpusException(folder + ": holds no token shards; encode a corpus first");
    }
    for (int i = 0; i < paths.size(); i++) {
      var expected = folder.resolve(ShardWriter.name(i + 1, paths.size()));
      if (!Files.exists(expected)) {
        throw new CorpusException(
            "%s: is missing among the token shards; delete them and encode the corpus again"
                .formatted(expected));
      }
    }
    return paths;
  }

  @Override
  public long size() {
    return size;
  }

  /** How many documents they make up. */
  public long documents() {
    return documents;
  }

  @Override
  public void read(long from, int[] target, int at, int count) {
    if (from < 0 || count < 0 || from > size - count) {
      throw new IndexOutOfBoundsException(
          "tokens [%d, %d) of %d".formatted(from, from + count, size));
    }
    for (var shard : shards) {
      var first = Math.max(from, shard.start());
      var last = Math.min(from + count, shard.start() + shard.length());
      if (first < last) {
        copy(shard, first - shard.start(), target, at + (int) (first - from), (int) (last - first));
      }
    }
  }

  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfChar CHAR =
      ValueLayout.JAVA_CHAR_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static void copy(Shard shard, long from, int[] target, int at, int count) {
    if (shard.dtype() == DType.INT32) {
      MemorySegment.copy(shard.ids(), INT, 4 * from, target, at, count);
    } else {
      for (int i = 0; i < count; i++) {
        target[at + i] = shard.ids().get(CHAR, 2 * (from + i));
      }
    }
  }

  /** Unmaps the shards. */
  @Override
  public void close() {
    shards.forEach(shard -> shard.file().close());
  }
}
