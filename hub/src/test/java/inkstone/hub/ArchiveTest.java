package inkstone.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives made to do harm, and good ones. */
class ArchiveTest {

  @TempDir Path folder;

  private Path into() {
    return folder.resolve("into");
  }

  private void unpack(String name, byte[] archive) throws IOException {
    var file = Files.write(folder.resolve(name), archive);
    Archive.unpack(file, Archive.Kind.of(name).orElseThrow(), name, into(), e -> {});
  }

  private String refused(String name, byte[] archive) {
    return assertThrows(HubException.class, () -> unpack(name, archive)).getMessage();
  }

  private interface Filling {
    void fill(TarArchiveOutputStream tar) throws IOException;
  }

  private static byte[] tar(boolean packed, Filling filling) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream out = packed ? new GZIPOutputStream(bytes) : bytes;
        var tar = new TarArchiveOutputStream(out, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      filling.fill(tar);
    }
    return bytes.toByteArray();
  }

  private static void put(TarArchiveOutputStream tar, String name, String text) throws IOException {
    var entry = new TarArchiveEntry(name, true);
    entry.setModTime(0L); // a time of our days has a header of its own
    entry.setSize(text.getBytes(UTF_8).length);
    tar.putArchiveEntry(entry);
    tar.write(text.getBytes(UTF_8));
    tar.closeArchiveEntry();
  }

  @ParameterizedTest
  @CsvSource({"a.zip, ZIP", "a.JAR, ZIP", "a.tar, TAR", "a.tar.gz, TAR_GZ", "a.tgz, TAR_GZ"})
  void kinds(String name, Archive.Kind kind) {
    assertEquals(kind, Archive.Kind.of(name).orElseThrow());
    assertTrue(Archive.Kind.of(name + ".txt").isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.tar", "a.tar.gz"})
  void goodTars(String name) throws IOException {
    var longName = "d".repeat(120) + "/" + "f".repeat(120) + ".json";
    unpack(
        name,
        tar(
            name.endsWith("gz"),
            tar -> {
              tar.putArchiveEntry(new TarArchiveEntry("./"));
              tar.closeArchiveEntry();
              tar.putArchiveEntry(new TarArchiveEntry("./model/"));
              tar.closeArchiveEntry();
              put(tar, "./model/config.json", "{}");
              put(tar, longName, "[]");
              put(tar, "模型.txt", "墨");
              put(tar, "x.pt", "pickle");
              put(tar, "empty", "");
            }));
    assertEquals("{}", Files.readString(into().resolve("model/config.json")));
    assertEquals("[]", Files.readString(into().resolve(longName)));
    assertEquals("墨", Files.readString(into().resolve("模型.txt")));
    assertEquals(0, Files.size(into().resolve("empty")));
    assertFalse(Files.exists(into().resolve("x.pt")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../evil", "/evil", "a/../../evil", "a\\..\\evil", "C:/evil", "a/./b", "a//b"})
  void entriesThatLeaveTheirFolder(String name) throws IOException {
    assertTrue(refused("a.zip", WebPullTest.zip(name, "!")).startsWith("a.zip: the file name"));
    // The writer of tars makes some names harmless by itself.
    var bytes = tar(false, tar -> put(tar, "x".repeat(name.length()), "!"));
    System.arraycopy(name.getBytes(UTF_8), 0, bytes, 0, name.length());
    assertTrue(refused("a.tar", summed(bytes)).startsWith("a.tar: the file name"), name);
    assertFalse(Files.exists(folder.resolve("evil")));
    try (var all = Files.list(into())) {
      assertEquals(List.of(), all.toList());
    }
  }

  /** With a right checksum of the first header. */
  private static byte[] summed(byte[] tar) {
    Arrays.fill(tar, 148, 156, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += tar[i] & 0xFF;
    }
    System.arraycopy("%06o\0 ".formatted(sum).getBytes(UTF_8), 0, tar, 148, 8);
    return tar;
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_CHR,
        TarConstants.LF_BLK,
        TarConstants.LF_FIFO
      })
  void linksAndDevices(byte type) throws IOException {
    var bytes =
        tar(
            false,
            tar -> {
              var entry = new TarArchiveEntry("a", type);
              entry.setLinkName("/etc/passwd");
              tar.putArchiveEntry(entry);
              tar.closeArchiveEntry();
              put(tar, "a/x", "!");
            });
    assertEquals(
        "a.tar holds 'a', which is a link or a device and no file; it is refused",
        refused("a.tar", bytes));
    assertFalse(Files.exists(into().resolve("a"), java.nio.file.LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void bombs() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("zeros"));
      for (int i = 0; i < 300; i++) {
        zip.write(new byte[1 << 20]);
      }
    }
    assertEquals(
        "a.zip expands to more than 100 times its size; it is refused",
        refused("a.zip", bytes.toByteArray()));
    bytes.reset();
    try (var zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < 20_001; i++) {
        zip.putNextEntry(new ZipEntry("d" + i + "/"));
      }
    }
    assertEquals(
        "a.zip holds more than 20,000 entries; it is refused",
        refused("a.zip", bytes.toByteArray()));
    var longName =
        tar(
            true,
            tar -> {
              var entry = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
              entry.setSize(200L << 20);
              tar.putArchiveEntry(entry);
              for (int i = 0; i < 200; i++) {
                tar.write(new byte[1 << 20]);
              }
              tar.closeArchiveEntry();
              put(tar, "a", "!");
            });
    assertEquals(
        "a.tgz cannot be unpacked: it expands to far more than it should",
        refused("a.tgz", longName));
  }

  @Test
  void twoEntriesOfOneName() throws IOException {
    var bytes =
        tar(
            false,
            tar -> {
              put(tar, "a", "1");
              put(tar, "a", "2");
            });
    assertTrue(refused("a.tar", bytes).startsWith("a.tar cannot be unpacked: "));
  }

  /** Whatever is wrong with an archive, a message says so and nothing runs away. */
  @Test
  void brokenArchives() throws IOException {
    long seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    var random = new Random(seed);
    var good =
        new byte[][] {
          WebPullTest.zip("a/config.json", "{}", "b", "text"),
          tar(false, tar -> put(tar, "a/config.json", "{}")),
          tar(true, tar -> put(tar, "d".repeat(150), "{}")),
        };
    var names = new String[] {"a.zip", "a.tar", "a.tgz"};
    int refused = 0;
    for (int i = 0; i < 900; i++) {
      var bytes = good[i % 3].clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        bytes[random.nextInt(Math.min(bytes.length, 1200))] = (byte) random.nextInt(256);
      }
      if (random.nextInt(4) == 0) {
        bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      Cache.delete(into());
      try {
        unpack(names[i % 3], bytes);
      } catch (HubException e) {
        refused++;
      }
      try (var all = Files.walk(folder)) {
        var in = into();
        assertTrue(
            all.allMatch(
                f ->
                    f.startsWith(in)
                        || f.equals(folder)
                        || f.getFileName().toString().matches("a\\.(zip|tar|tgz)")));
      }
    }
    System.out.println(refused + " of 900 broken archives refused");
    assertTrue(refused > 100);
  }
}
