package inkstone.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.tensor.DType;
import inkstone.tensor.SafetensorsFile;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenShardsTest {

  @TempDir Path folder;

  private static final TinyTokenizer TOKENIZER = TinyTokenizer.small();

  private static int[] all(TokenShards shards) {
    var ids = new int[(int) shards.size()];
    shards.read(0, ids, 0, ids.length);
    return ids;
  }

  private static int[] expected(List<String> texts) {
    return texts.stream()
        .flatMapToInt(
            text -> IntStream.concat(IntStream.of(TOKENIZER.encode(text)), IntStream.of(256)))
        .toArray();
  }

  private List<String> names() throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static String error(org.junit.jupiter.api.function.Executable action) {
    return String.valueOf(assertThrows(CorpusException.class, action).getMessage());
  }

  @Test
  void eachDocumentIsFollowedByTheEndOfText() throws IOException {
    var texts = List.of("ab", "墨", "c");
    try (var shards = TokenShards.write(Read.of(texts), TOKENIZER, 256, folder)) {
      assertArrayEquals(new int[] {'a', 'b', 256, 0xE5, 0xA2, 0xA8, 256, 'c', 256}, all(shards));
      assertEquals(9, shards.size());
      assertEquals(3, shards.documents());
    }
    assertEquals(List.of("tokens-00001-of-00001.safetensors"), names());
    try (var file = SafetensorsFile.open(folder.resolve(names().getFirst()))) {
      assertEquals(List.of("tokens", "documents"), file.names());
      assertEquals(DType.UINT16, file.entry("tokens").dtype());
      var documents = file.entry("documents");
      assertEquals(List.of(4L), documents.shape());
      var starts = new ArrayList<Long>();
      for (int i = 0; i < 4; i++) {
        starts.add(documents.data().get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i));
      }
      assertEquals(List.of(0L, 3L, 7L, 9L), starts);
      assertEquals("abc", file.metadata().get("tokenizer_sha256"));
      assertEquals("1", file.metadata().get("format_version"));
    }
  }

  @Test
  void aLargeVocabularyTakesFourBytes() {
    for (int size : new int[] {65_536, 65_537}) {
      var tokenizer = new TinyTokenizer(size, "x");
      try (var shards = TokenShards.write(Read.of(List.of("a")), tokenizer, size - 1, folder)) {
        assertArrayEquals(new int[] {'a', size - 1}, all(shards));
      }
      try (var file = SafetensorsFile.open(folder.resolve("tokens-00001-of-00001.safetensors"))) {
        assertEquals(size == 65_536 ? DType.UINT16 : DType.INT32, file.entry("tokens").dtype());
      }
    }
  }

  @Test
  void partsOfADocumentAreJoined() throws IOException {
    var text = "0123456\n".repeat(1 << 18);
    Files.writeString(folder.resolve("long.txt"), text);
    var corpus = Corpus.of(List.of(folder));
    try (var shards = TokenShards.write(corpus, TOKENIZER, 256, folder.resolve("shards"))) {
      assertEquals(1, shards.documents());
      assertArrayEquals(expected(List.of(text)), all(shards));
    }
  }

  @Test
  void severalShardsReadAsOneRow() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      var texts = new ArrayList<String>();
      for (int i = 0; i < random.nextInt(1, 60); i++) {
        texts.add("x".repeat(random.nextInt(30)) + i);
      }
      ShardWriter.write(Read.of(texts), TOKENIZER, 256, folder, 100);
      var expected = expected(texts);
      try (var shards = TokenShards.open(folder, TOKENIZER)) {
        assertEquals(texts.size(), shards.documents(), "seed " + seed);
        assertArrayEquals(expected, all(shards), "seed " + seed);
        for (int i = 0; i < 50; i++) {
          var from = random.nextInt(expected.length);
          var count = random.nextInt(expected.length - from + 1);
          var ids = new int[count + 2];
          shards.read(from, ids, 1, count);
          assertEquals(0, ids[0]);
          assertEquals(0, ids[count + 1]);
          for (int j = 0; j < count; j++) {
            assertEquals(expected[from + j], ids[j + 1], "seed " + seed);
          }
        }
      }
    }
    assertTrue(names().size() > 3, names().toString());
  }

  @Test
  void aDocumentLongerThanTwoShardsGoesOnInTheNext() throws IOException {
    var texts = List.of("a", "b".repeat(1000), "c");
    ShardWriter.write(Read.of(texts), TOKENIZER, 256, folder, 100);
    assertEquals(11, names().size());
    try (var shards = TokenShards.open(folder, TOKENIZER)) {
      assertEquals(3, shards.documents());
      assertArrayEquals(expected(texts), all(shards));
    }
    try (var file = SafetensorsFile.open(folder.resolve(names().get(1)))) {
      assertEquals("true", file.metadata().get("continues"));
    }
  }

  @Test
  void aNewWritingReplacesTheOldShards() throws IOException {
    ShardWriter.write(Read.of(List.of("a".repeat(500), "b")), TOKENIZER, 256, folder, 100);
    assertTrue(names().size() > 1);
    TokenShards.write(Read.of(List.of("z")), TOKENIZER, 256, folder).close();
    assertEquals(List.of("tokens-00001-of-00001.safetensors"), names());
  }

  @Test
  void anotherTokenizersShardIsRefused() {
    TokenShards.write(Read.of(List.of("a")), TOKENIZER, 256, folder).close();
    var other = new TinyTokenizer(257, "def");
    var message = error(() -> TokenShards.open(folder, other));
    assertTrue(message.contains("another tokenizer (SHA-256 abc, this one has def)"), message);
    assertTrue(message.contains("tokens-00001-of-00001.safetensors"), message);
  }

  @Test
  void missingShardsAreNamed() throws IOException {
    var empty = error(() -> TokenShards.open(folder, TOKENIZER));
    assertEquals(folder + ": holds no token shards; encode a corpus first", empty);
    assertTrue(error(() -> TokenShards.open(folder.resolve("no"), TOKENIZER)).contains("no token"));
    ShardWriter.write(Read.of(List.of("a".repeat(300), "b")), TOKENIZER, 256, folder, 100);
    Files.delete(folder.resolve(names().getFirst()));
    var message = error(() -> TokenShards.open(folder, TOKENIZER));
    assertTrue(message.contains("is missing among the token shards"), message);
  }

  @Test
  void writingNothingOrABadIdIsRefused() throws IOException {
    assertEquals(
        "there is no document to encode",
        error(() -> TokenShards.write(Read.of(List.of()), TOKENIZER, 256, folder)));
    for (int id : new int[] {-1, 257}) {
      assertTrue(
          error(() -> TokenShards.write(Read.of(List.of("a")), TOKENIZER, id, folder))
              .contains("end-of-text id " + id + " is not one of the tokenizer's 257"));
    }
    assertEquals(List.of(), names());
  }

  @Test
  void whatTheEncoderThrowsReachesTheCaller() throws IOException {
    Documents broken =
        skips ->
            new LookAhead() {
              @Override
              Document advance() {
                throw new CorpusException("the disk is gone");
              }

              @Override
              public void close() {}
            };
    assertEquals(
        "the disk is gone", error(() -> TokenShards.write(broken, TOKENIZER, 256, folder)));
    assertFalse(Files.exists(folder.resolve("tokens-00001-of-00000.safetensors.partial")));
    assertEquals(List.of(), names());
  }

  @Test
  void readingOutsideIsRefused() {
    try (var shards = TokenShards.write(Read.of(List.of("ab")), TOKENIZER, 256, folder)) {
      var ids = new int[9];
      shards.read(3, ids, 0, 0);
      assertThrows(IndexOutOfBoundsException.class, () -> shards.read(-1, ids, 0, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> shards.read(1, ids, 0, 3));
      assertThrows(IndexOutOfBoundsException.class, () -> shards.read(0, ids, 0, -1));
    }
  }
}
