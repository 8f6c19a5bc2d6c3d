package inkstone.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.journal.Event;
import inkstone.journal.Noted;
import inkstone.journal.Pulled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and archives behind an address, and models that are here already. */
class WebPullTest {

  @TempDir Path cache;
  @TempDir Path folder;
  private FakeHub server;
  private final List<Event> events = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    server = new FakeHub();
    server.sent = FakeHub.gguf(200_000, 3);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Hub hub() {
    return Hub.of(cache, Map.of()).with(FakeHub.SHORT, Disk.REAL);
  }

  private String address(String name) {
    return "http://localhost:" + server.store.getAddress().getPort() + "/files/" + name;
  }

  /**
   * What a client has read when the line breaks is not all that was sent: the system may drop the
   * rest.
   */
  private long partial() throws IOException {
    try (var files = Files.list(cache.resolve("partial"))) {
      return Files.size(
          files.filter(f -> !f.toString().endsWith(".validator")).findAny().orElseThrow());
    }
  }

  private Path pull(String source) {
    return hub().pull(Source.parse(source), events::add);
  }

  private String refused(String source) {
    return assertThrows(HubException.class, () -> pull(source)).getMessage();
  }

  @Test
  void aFileIsFetchedOnceAndAgainWhenItChanges() throws IOException {
    var address = address("m.gguf");
    assertEquals(Optional.empty(), hub().find(Source.parse(address)));
    var file = pull(address);
    assertEquals("m.gguf", file.getFileName().toString());
    assertArrayEquals(server.sent, Files.readAllBytes(file));
    assertEquals(Optional.of(file), hub().find(Source.parse(address)));
    assertEquals(server.sent.length, ((Pulled) events.getLast()).bytes());
    assertEquals(file, pull(address));
    assertTrue(server.stored().getLast().headers().get("If-None-Match").startsWith("\""));
    assertEquals(0, ((Pulled) events.getLast()).bytes());
    server.sent = FakeHub.gguf(200_000, 4);
    var second = pull(address);
    assertArrayEquals(server.sent, Files.readAllBytes(second));
    assertEquals(Optional.of(second), hub().find(Source.parse(address)));
    server.close();
    assertEquals(second, pull(address));
    assertEquals(second, hub().offline().pull(Source.parse(address), events::add));
  }

  @Test
  void aChecksumIsHeldAndSparesTheQuestion() {
    var right = address("m.gguf") + "#sha256=" + FakeHub.sha256(server.sent);
    var file = pull(right);
    server.seen.clear();
    assertEquals(file, pull(right));
    assertEquals(List.of(), server.seen);
    var wrong = address("n.gguf") + "#sha256=" + "0".repeat(64);
    assertTrue(refused(wrong).contains("and should have " + "0".repeat(64)));
    assertEquals(Optional.empty(), hub().find(Source.parse(wrong)));
  }

  @Test
  void aPartIsTakenUpOnlyIfTheFileIsStillTheSame() throws IOException {
    server.faults.add(server.cutAfter(70_000));
    for (int i = 0; i < 4; i++) {
      server.faults.add(FakeHub.status(500));
    }
    assertTrue(refused(address("m.gguf")).contains("4 times in a row"));
    long kept = partial();
    assertTrue(kept > 0 && kept <= 70_000, kept + " bytes kept");
    server.sent = FakeHub.gguf(200_000, 9);
    server.seen.clear();
    assertArrayEquals(server.sent, Files.readAllBytes(pull(address("m.gguf"))));
    assertEquals("bytes=" + kept + "-", server.stored().getFirst().headers().get("Range"));
    assertTrue(
        events.stream()
            .anyMatch(e -> e instanceof Noted n && n.message().contains("begins again")));
  }

  @Test
  void aWeakTagProvesNothing() throws IOException {
    server.tag = "W/\"1\"";
    server.faults.add(
        (exchange, content) -> {
          exchange.getResponseHeaders().add("ETag", "W/\"1\"");
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content, 0, 60_000);
          exchange.getResponseBody().flush();
          return true;
        });
    assertArrayEquals(server.sent, Files.readAllBytes(pull(address("m.gguf"))));
    assertFalse(server.stored().getLast().headers().containsKey("Range"));
  }

  @Test
  void whatIsNoModelFileIsRefused() {
    assertTrue(refused(address("m.pt")).startsWith("m.pt is a pickle by its name"));
    assertTrue(refused(address("m.ckpt")).startsWith("m.ckpt is a pickle by its name"));
    assertTrue(refused(address("")).endsWith("its path has to end with a file's name"));
    server.sent = "<!doctype html>".getBytes(UTF_8);
    assertEquals(
        "m.gguf is no GGUF file but a web page; does it need a token?; it was removed",
        refused(address("m.gguf")));
    server.faults.add(
        (exchange, content) -> {
          exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
          FakeHub.reply(exchange, 200, "<!doctype html>");
          return true;
        });
    assertTrue(
        refused(address("m.txt"))
            .endsWith("answers with a web page and no file; name the address of the file itself"));
    server.faults.add(FakeHub.status(404));
    assertEquals(address("m.gguf") + ": localhost answers 404", refused(address("m.gguf")));
  }

  @Test
  void redirectsGoOnButNotForEver() {
    for (int i = 0; i < 11; i++) {
      server.faults.add(FakeHub.status(302, "Location", "/files/again.gguf"));
    }
    assertTrue(refused(address("m.gguf")).contains("redirects more than 10 times"));
    server.faults.clear();
    server.faults.add(FakeHub.status(301, "Location", "other.gguf"));
    pull(address("m.gguf"));
    assertEquals("/files/other.gguf", server.stored().getLast().path());
    var https = URI.create("https://h.example/a/b");
    assertEquals(URI.create("https://h.example/c"), Http.next(https, "/c"));
    assertEquals(URI.create("https://o.example/"), Http.next(https, "https://o.example/"));
    for (var bad : List.of("http://h.example/c", "file:///etc/passwd", "", "ht tp", "ftp://x/y")) {
      assertThrows(HubException.class, () -> Http.next(https, bad), bad);
    }
  }

  static byte[] zip(String... namesAndTexts) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (int i = 0; i < namesAndTexts.length; i += 2) {
        zip.putNextEntry(new ZipEntry(namesAndTexts[i]));
        zip.write(namesAndTexts[i + 1].getBytes(UTF_8));
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private static final String TENSORS = "\u0002\0\0\0\0\0\0\0{}";

  @Test
  void anArchiveIsUnpackedAndItsModelFound() throws IOException {
    server.sent =
        zip("a/config.json", "{}", "a/model.safetensors", TENSORS, "a/x.pkl", "no", "L.txt", "l");
    var model = pull(address("m.zip"));
    assertEquals("a", model.getFileName().toString());
    assertEquals(TENSORS, Files.readString(model.resolve("model.safetensors")));
    assertFalse(Files.exists(model.resolve("x.pkl")));
    assertTrue(
        events.stream()
            .anyMatch(
                e -> e instanceof Noted n && n.message().startsWith("m.zip: a/x.pkl is left out")));
    assertEquals(Optional.of(model), hub().find(Source.parse(address("m.zip"))));
    assertFalse(Files.exists(new Cache(cache).blob(FakeHub.sha256(server.sent))), "once is enough");
    server.seen.clear();
    assertEquals(model, pull(address("m.zip")));
    assertEquals(1, server.seen.size());
    Files.delete(model.resolve("config.json"));
    assertEquals(Optional.empty(), hub().find(Source.parse(address("m.zip"))));
    assertEquals(model, pull(address("m.zip")));
    assertEquals("{}", Files.readString(model.resolve("config.json")));
    Files.writeString(model.resolve("config.json"), "[]");
    hub().check(Source.parse(address("m.zip")), events::add);
    assertEquals(Optional.empty(), hub().find(Source.parse(address("m.zip"))));
    assertEquals(model, pull(address("m.zip")));
    assertEquals("{}", Files.readString(model.resolve("config.json")));
  }

  @Test
  void aBadArchiveLeavesNothing() throws IOException {
    server.sent = zip("config.json", "{}", "../../evil.txt", "!");
    assertTrue(
        refused(address("m.zip"))
            .startsWith("m.zip: the file name '../../evil.txt' leads out of its folder"));
    assertEquals(Optional.empty(), hub().find(Source.parse(address("m.zip"))));
    try (var all = Files.walk(cache)) {
      assertEquals(List.of(), all.filter(f -> f.endsWith("config.json")).toList());
    }
  }

  @Test
  void modelsThatAreHereAreUsedInPlace() throws IOException {
    var e = assertThrows(HubException.class, () -> pull(folder.resolve("none").toString()));
    assertTrue(e.getMessage().startsWith("there is no " + folder.resolve("none")), e.getMessage());
    assertTrue(refused(folder.toString()).contains("holds no model"));
    Files.write(folder.resolve("pytorch_model.bin"), new byte[9]);
    assertTrue(refused(folder.toString()).startsWith("pytorch_model.bin is a pickle by its name"));
    Files.writeString(folder.resolve("config.json"), "{}");
    Files.writeString(folder.resolve("model.safetensors"), TENSORS);
    assertEquals(folder, pull(folder.toString()));
    assertEquals(folder, pull(folder.resolve("model.safetensors").toString()));
    var gguf = Files.write(folder.resolve("a.gguf"), FakeHub.gguf(10, 1));
    assertEquals(gguf, pull(gguf.toString()));
    assertTrue(refused(folder.toString()).contains("holds 2 models; name one by its path"));
    assertTrue(
        refused(Files.write(folder.resolve("b.gguf"), new byte[9]).toString())
            .startsWith(folder.resolve("b.gguf") + " is no GGUF file"));
    assertTrue(
        refused(Files.writeString(folder.resolve("x.txt"), "x").toString())
            .contains("is no model"));
    assertTrue(
        refused(folder.resolve("pytorch_model.bin").toString())
            .contains("is a pickle by its name"));
    var zip =
        Files.write(
            folder.resolve("m.zip"), zip("config.json", "{}", "model.safetensors", TENSORS));
    var unpacked = pull(zip.toString());
    assertTrue(unpacked.startsWith(cache), unpacked.toString());
    assertEquals(TENSORS, Files.readString(unpacked.resolve("model.safetensors")));
    assertEquals(unpacked, hub().offline().pull(Source.parse(zip.toString()), events::add));
    assertTrue(Files.exists(zip));
  }
}
