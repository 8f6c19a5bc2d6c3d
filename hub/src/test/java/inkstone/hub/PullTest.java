package inkstone.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.journal.Downloaded;
import inkstone.journal.Downloading;
import inkstone.journal.Event;
import inkstone.journal.Noted;
import inkstone.journal.PullStarted;
import inkstone.journal.Pulled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories that are well. */
class PullTest {

  @TempDir Path cache;
  private FakeHub server;
  private final List<Event> events = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    server = new FakeHub().withModel(300_000, 1);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Hub hub() {
    return hub(Map.of());
  }

  private Hub hub(Map<String, String> more) {
    var environment = new HashMap<>(server.environment());
    environment.putAll(more);
    return Hub.of(cache, environment).with(FakeHub.SHORT, Disk.REAL);
  }

  private Path pull(String source) {
    return hub().pull(Source.parse(source), events::add);
  }

  private static TreeSet<String> names(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      var names = new TreeSet<String>();
      all.filter(Files::isRegularFile).forEach(f -> names.add(folder.relativize(f).toString()));
      return names;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hf:org/name", "modelscope:org/name"})
  void bringsWhatAModelNeedsAndNothingElse(String source) throws IOException {
    var folder = pull(source);
    assertEquals(
        new TreeSet<>(List.of("config.json", "model.safetensors", "tokenizer.json")),
        names(folder));
    for (var name : names(folder)) {
      assertArrayEquals(server.files.get(name), Files.readAllBytes(folder.resolve(name)), name);
    }
    assertEquals(Optional.of(folder), hub().find(Source.parse(source)));
    assertEquals(folder, hub().get(Source.parse(source)));
    assertTrue(
        Files.exists(new Cache(cache).blob(FakeHub.sha256(server.files.get("model.safetensors")))));
    assertEquals(0, count(Noted.class), events.toString());
    assertEquals(3, count(Downloaded.class));
    assertTrue(
        events.stream()
            .filter(Downloaded.class::isInstance)
            .allMatch(e -> ((Downloaded) e).checked()));
  }

  private long count(Class<? extends Event> type) {
    return events.stream().filter(type::isInstance).count();
  }

  @Test
  void eventsSayWhatHappens() {
    var folder = pull("hf:org/name");
    long all =
        List.of("config.json", "tokenizer.json", "model.safetensors").stream()
            .mapToLong(name -> server.files.get(name).length)
            .sum();
    assertEquals(new PullStarted("hf:org/name", FakeHub.COMMIT, 3, all, 0), events.getFirst());
    var last = (Pulled) events.getLast();
    assertEquals("hf:org/name", last.source());
    assertEquals(folder.toString(), last.path());
    assertEquals(all, last.bytes());
    var bar =
        events.stream().filter(Downloading.class::isInstance).map(Downloading.class::cast).toList();
    assertEquals(all, bar.getLast().bytes());
    assertEquals(all, bar.getLast().total());
    assertEquals("model.safetensors", bar.getLast().file());
    assertEquals(server.files.get("model.safetensors").length, bar.getLast().fileBytes());
    long before = 0;
    for (var event : bar) {
      assertTrue(event.bytes() >= before, event.toString());
      before = event.bytes();
    }
  }

  @Test
  void theTokenIsToldToTheServerThatWasMeantAndToNoOther() {
    server.token = "hf_secret";
    hub(Map.of("HF_TOKEN", "hf_secret\n")).pull(Source.parse("hf:org/name"), events::add);
    assertEquals(1, server.stored().size());
    assertFalse(server.stored().getFirst().headers().containsKey("Authorization"));
    assertTrue(
        server.seen.stream()
            .filter(s -> s.server().equals("api"))
            .allMatch(s -> s.headers().get("Authorization").equals("Bearer hf_secret")));
    assertTrue(
        server.seen.stream().allMatch(s -> "identity".equals(s.headers().get("Accept-Encoding"))));
  }

  @Test
  void asecondPullFetchesNothingAndACommitAsksNobody() {
    var folder = pull("hf:org/name");
    events.clear();
    server.seen.clear();
    assertEquals(folder, pull("hf:org/name"));
    assertEquals(0, server.stored().size());
    assertEquals(0, ((Pulled) events.getLast()).bytes());
    assertEquals(0, count(Downloaded.class));
    pull("hf:org/name@" + FakeHub.COMMIT);
    server.seen.clear();
    assertEquals(folder, pull("hf:org/name@" + FakeHub.COMMIT));
    assertEquals(List.of(), server.seen);
  }

  @Test
  void aNewCommitBringsOnlyWhatChanged() throws IOException {
    var old = pull("hf:org/name");
    server.commit = "f".repeat(40);
    server.files.put("config.json", "{\"model_type\": \"gpt2\"}".getBytes(UTF_8));
    server.seen.clear();
    var folder = pull("hf:org/name");
    assertEquals("f".repeat(40), folder.getFileName().toString());
    assertEquals(0, server.stored().size(), "the weights are here by their checksum");
    assertEquals("{\"model_type\": \"gpt2\"}", Files.readString(folder.resolve("config.json")));
    assertEquals("{\"model_type\": \"llama\"}\n", Files.readString(old.resolve("config.json")));
    assertEquals(folder, hub().get(Source.parse("hf:org/name")));
    assertEquals(old, hub().get(Source.parse("hf:org/name@" + FakeHub.COMMIT)));
  }

  @Test
  void withoutNetworkTheCacheIsUsed() {
    var folder = pull("hf:org/name");
    server.close();
    assertEquals(folder, hub().offline().pull(Source.parse("hf:org/name"), events::add));
    assertEquals(
        folder, hub(Map.of("HF_HUB_OFFLINE", "1")).pull(Source.parse("hf:org/name"), events::add));
    events.clear();
    assertEquals(folder, pull("hf:org/name"));
    assertTrue(
        events.stream()
            .anyMatch(
                e ->
                    e instanceof Noted n
                        && n.message().endsWith("taking what is in the cache already")),
        events.toString());
    var e =
        assertThrows(
            HubException.class,
            () -> hub().offline().pull(Source.parse("hf:org/name@v1.0"), events::add));
    assertEquals(
        "hf:org/name@v1.0 is not on this machine (looked in %s); fetch it with: ./inkstone pull hf:org/name@v1.0"
            .formatted(cache),
        e.getMessage());
  }

  /** Bytes of the same number are seen only by who reads them. */
  @Test
  void whatWasChangedInTheCacheIsFetchedAgain() throws IOException {
    var source = Source.parse("hf:org/name");
    var folder = pull("hf:org/name");
    hub().check(source, events::add);
    assertTrue(events.getLast() instanceof Pulled, "nothing was changed");
    for (var name : List.of("config.json", "model.safetensors")) {
      var whole = Files.readAllBytes(folder.resolve(name));
      var other = whole.clone();
      other[whole.length - 1]++;
      Files.write(folder.resolve(name), other);
      assertEquals(folder, pull("hf:org/name"));
      assertArrayEquals(other, Files.readAllBytes(folder.resolve(name)), "by its size");
      hub().check(source, events::add);
      assertEquals(
          name + " is no longer what was fetched, and was removed",
          ((Noted) events.getLast()).message());
      assertEquals(Optional.empty(), hub().find(source));
      assertEquals(folder, pull("hf:org/name"));
      assertArrayEquals(whole, Files.readAllBytes(folder.resolve(name)));
    }
    hub().check(Source.parse("hf:org/none"), events::add);
    assertTrue(events.getLast() instanceof Pulled, "what is not here is not looked at");
  }

  @Test
  void whatIsIncompleteIsNotFound() throws IOException {
    assertEquals(Optional.empty(), hub().find(Source.parse("hf:org/name")));
    var folder = pull("hf:org/name");
    Files.delete(folder.resolve("tokenizer.json"));
    assertEquals(Optional.empty(), hub().find(Source.parse("hf:org/name")));
    events.clear();
    pull("hf:org/name");
    assertEquals(1, count(Downloaded.class), "only what is missing");
    Files.writeString(folder.resolve("tokenizer.json"), "cut");
    assertEquals(Optional.empty(), hub().find(Source.parse("hf:org/name")));
    assertEquals(folder, pull("hf:org/name"));
  }

  @Test
  void oneGgufIsChosenByPattern() throws IOException {
    server.files.clear();
    server.files.put("config.json", "{}".getBytes(UTF_8));
    server.files.put("m-Q4_K_M.gguf", FakeHub.gguf(50_000, 1));
    server.files.put("m-Q8_0.gguf", FakeHub.gguf(80_000, 2));
    var e = assertThrows(HubException.class, () -> pull("hf:org/name"));
    assertEquals(
        "hf:org/name has 2 sets of weights; choose one by --file:\n"
            + "       0.1 MB  m-Q4_K_M.gguf\n       0.1 MB  m-Q8_0.gguf",
        e.getMessage());
    var file = pull("hf:org/name/*q4_k_m.gguf");
    assertEquals("m-Q4_K_M.gguf", file.getFileName().toString());
    assertEquals(1, count(Downloaded.class), "a GGUF needs nothing beside it");
    assertEquals(file, hub().get(Source.parse("hf:org/name")), "the only one that is here");
    assertEquals(file, hub().get(Source.parse("hf:org/name/m-Q4_K_M.gguf")));
    pull("hf:org/name/m-Q8_0.gguf");
    e = assertThrows(HubException.class, () -> hub().find(Source.parse("hf:org/name")));
    assertEquals(
        "2 models of hf:org/name are in the cache; name one:"
            + " hf:org/name/m-Q4_K_M.gguf, hf:org/name/m-Q8_0.gguf",
        e.getMessage());
    assertEquals(file, hub().get(Source.parse("hf:org/name/m-Q4_K_M.gguf")));
    e = assertThrows(HubException.class, () -> pull("hf:org/name/m-Q5_0.gguf"));
    assertTrue(
        e.getMessage()
            .startsWith("no file of hf:org/name is 'm-Q5_0.gguf'; nearest are: m-Q8_0.gguf"),
        e.getMessage());
  }

  @Test
  void aRevisionMayHaveASlash() {
    var folder = pull("hf:org/name@refs/pr/1");
    assertEquals(folder, hub().get(Source.parse("hf:org/name@refs/pr/1")));
    assertEquals(Optional.empty(), hub().find(Source.parse("hf:org/name")));
  }

  @Test
  void theUsualCache() {
    assertEquals(
        Path.of("/a"), Hub.usualCache(Map.of("INKSTONE_CACHE", "/a", "XDG_CACHE_HOME", "/b")));
    assertEquals(
        Path.of("/b/inkstone"),
        Hub.usualCache(Map.of("INKSTONE_CACHE", " ", "XDG_CACHE_HOME", "/b")));
    assertEquals(
        Path.of(System.getProperty("user.home"), ".cache", "inkstone"), Hub.usualCache(Map.of()));
  }
}
