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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories whose server, network or disk is not well. */
class PullFaultsTest {

  private static final String NAME = "model.safetensors";

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

  private Hub hub(Map<String, String> more, Disk disk) {
    var environment = new HashMap<>(server.environment());
    environment.putAll(more);
    return Hub.of(cache, environment).with(FakeHub.SHORT, disk);
  }

  private Path pull() {
    return hub(Map.of(), Disk.REAL).pull(Source.parse("hf:org/name"), events::add);
  }

  private String refused(Map<String, String> more, String source) {
    var e =
        assertThrows(
            HubException.class, () -> hub(more, Disk.REAL).pull(Source.parse(source), events::add));
    return e.getMessage();
  }

  private void assertWhole(Path folder) throws IOException {
    for (var name : List.of("config.json", "tokenizer.json", NAME)) {
      assertArrayEquals(server.files.get(name), Files.readAllBytes(folder.resolve(name)), name);
    }
    try (var left = Files.list(cache.resolve("partial"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  private String notes() {
    return events.stream()
        .filter(Noted.class::isInstance)
        .map(e -> ((Noted) e).message())
        .collect(Collectors.joining("\n"));
  }

  private long partial() throws IOException {
    return Files.size(new Cache(cache).partial(FakeHub.sha256(server.files.get(NAME))));
  }

  @Test
  void cutConnectionsAreTakenUpWhereTheyBroke() throws IOException {
    var seed = Long.getLong("test.seed", System.nanoTime());
    System.out.println("seed " + seed);
    var random = new Random(seed);
    int[] sent = new int[12];
    for (int i = 0; i < 12; i++) {
      sent[i] = random.nextInt(20_000) + 1;
      server.faults.add(server.cutAfter(sent[i]));
    }
    assertWhole(pull());
    var asked = server.stored();
    assertEquals(13, asked.size());
    assertFalse(asked.getFirst().headers().containsKey("Range"));
    long from = 0;
    for (int i = 1; i <= 12; i++) {
      var range = asked.get(i).headers().getOrDefault("Range", "bytes=0-");
      long next = Long.parseLong(range.replaceAll("\\D", ""));
      // What was under way when the line broke may be lost.
      assertTrue(next >= from && next <= from + sent[i - 1], range + " after " + from);
      from = next;
    }
    assertTrue(from > 0);
    assertTrue(asked.getLast().headers().get("If-Range").startsWith("\""));
    assertTrue(notes().contains("ended after") || notes().contains("broke"), notes());
  }

  @Test
  void afterTooManyFailuresThePartIsKeptForTheNextPull() throws IOException {
    server.faults.add(server.cutAfter(100_000));
    for (int i = 0; i < 4; i++) {
      server.faults.add(FakeHub.status(503));
    }
    var told = refused(Map.of(), "hf:org/name");
    assertEquals(
        NAME
            + ": localhost has a fault (503), 4 times in a row; what was fetched is kept, and the same"
            + " command goes on",
        told);
    long kept = partial();
    assertTrue(kept > 0 && kept <= 100_000, kept + " bytes kept");
    server.seen.clear();
    assertWhole(pull());
    assertEquals("bytes=" + kept + "-", server.stored().getFirst().headers().get("Range"));
    var total = server.files.get(NAME).length;
    var bar =
        events.stream().filter(Downloading.class::isInstance).map(Downloading.class::cast).toList();
    assertEquals(total, bar.getLast().fileBytes());
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void passingFaultsAreTriedAgain(int status) throws IOException {
    server.faults.add(FakeHub.status(status));
    server.apiFaults.add(FakeHub.status(status));
    assertWhole(pull());
    assertEquals(2, server.stored().size());
    assertEquals(2, notes().lines().filter(l -> l.contains("(" + status + ")")).count(), notes());
  }

  @Test
  void aServerMayAskToWait() throws IOException {
    server.faults.add(FakeHub.status(429, "Retry-After", "1"));
    var began = System.nanoTime();
    assertWhole(pull());
    assertTrue(System.nanoTime() - began >= 1_000_000_000L);
    assertTrue(
        notes().contains("localhost has had too many requests (429); trying again in 1.0 s"),
        notes());
    var date = java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;
    Files.delete(new Cache(cache).blob(FakeHub.sha256(server.files.get(NAME))));
    Files.delete(hub(Map.of(), Disk.REAL).get(Source.parse("hf:org/name")).resolve(NAME));
    server.faults.add(
        FakeHub.status(
            503,
            "Retry-After",
            date.format(java.time.ZonedDateTime.now(java.time.ZoneOffset.UTC).plusSeconds(2))));
    began = System.nanoTime();
    assertWhole(pull());
    assertTrue(System.nanoTime() - began >= 800_000_000L, "a date has whole seconds");
  }

  @Test
  void anHourIsTooLongToWait() {
    server.faults.add(FakeHub.status(429, "Retry-After", "3600"));
    assertEquals(
        NAME
            + ": localhost has had too many requests (429), and it asks to wait 3600 s; run the same"
            + " command again then",
        refused(Map.of(), "hf:org/name"));
  }

  @Test
  void wrongBytesAreRemovedAndTold() throws IOException {
    server.sent = server.files.get(NAME).clone();
    server.sent[server.sent.length - 1] ^= 1;
    var told = refused(Map.of(), "hf:org/name");
    assertTrue(
        told.startsWith(
            NAME
                + " has sha256 "
                + FakeHub.sha256(server.sent)
                + " and should have "
                + FakeHub.sha256(server.files.get(NAME))
                + "; the file was removed"),
        told);
    try (var left = Files.list(cache.resolve("partial"))) {
      assertEquals(List.of(), left.toList());
    }
    assertFalse(Files.exists(cache.resolve("snapshots")));
    server.sent = new byte[0];
    assertWhole(pull());
  }

  @Test
  void smallFilesAreCheckedByGitsSum() {
    var wrong = server.files.get("tokenizer.json").clone();
    server.apiFaults.add((exchange, content) -> false); // revision
    for (int page = 0; page < 4; page++) {
      server.apiFaults.add((exchange, content) -> false);
    }
    wrong[0] = '[';
    server.apiFaults.add(
        (exchange, content) -> {
          exchange.sendResponseHeaders(200, wrong.length);
          exchange.getResponseBody().write(wrong);
          return true;
        });
    var told = refused(Map.of(), "hf:org/name");
    assertTrue(
        told.startsWith(
            "tokenizer.json has git sha1 " + FakeHub.gitSha1(wrong) + " and should have "),
        told);
  }

  @Test
  void aPartThatRottedIsFetchedAnew() throws IOException {
    server.faults.add(server.cutAfter(100_000));
    for (int i = 0; i < 4; i++) {
      server.faults.add(FakeHub.status(500));
    }
    refused(Map.of(), "hf:org/name");
    var part = new Cache(cache).partial(FakeHub.sha256(server.files.get(NAME)));
    var bytes = Files.readAllBytes(part);
    bytes[50_000] ^= 1;
    Files.write(part, bytes);
    assertWhole(pull());
    assertTrue(notes().contains("and is fetched again from its beginning"), notes());
  }

  @Test
  void aServerThatKnowsNoRangesSendsAllAgain() throws IOException {
    server.knowsRanges = false;
    server.faults.add(server.cutAfter(100_000));
    assertWhole(pull());
    assertTrue(notes().contains("begins again"), notes());
  }

  @Test
  void aLengthThatIsNotToldIsKnownFromTheList() throws IOException {
    server.tellsLength = false;
    assertWhole(pull());
  }

  @Test
  void aServerMaySendSlowlyButNotNothing() throws IOException {
    server.drip = Duration.ofMillis(40);
    assertWhole(pull()); // 20 pieces, longer in all than it may be silent
    assertFalse(notes().contains("sent nothing"), notes());
    Files.delete(new Cache(cache).blob(FakeHub.sha256(server.files.get(NAME))));
    Files.delete(hub(Map.of(), Disk.REAL).get(Source.parse("hf:org/name")).resolve(NAME));
    server.drip = Duration.ZERO;
    server.faults.add(
        (exchange, content) -> {
          exchange
              .getResponseHeaders()
              .add("ETag", "\"" + FakeHub.sha256(content).substring(0, 16) + "\"");
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content, 0, 5000);
          exchange.getResponseBody().flush();
          FakeHub.pause(Duration.ofSeconds(3));
          return true;
        });
    var began = System.nanoTime();
    assertWhole(pull());
    assertTrue(System.nanoTime() - began < 2_900_000_000L, "hangs up after half a second");
    assertTrue(notes().contains("localhost sent nothing for 0 s"), notes());
  }

  @Test
  void moreBytesThanListedAreRefused() {
    server.tellsLength = false;
    server.sent = new byte[400_000];
    var told = refused(Map.of(), "hf:org/name");
    var size = server.files.get(NAME).length;
    assertEquals("localhost sends more of %s than the %d bytes it has".formatted(NAME, size), told);
  }

  @Test
  void anotherSizeThanListedIsTriedAgainAndThenTold() {
    server.sent = new byte[400_000];
    var told = refused(Map.of(), "hf:org/name");
    assertTrue(
        told.contains(
            server.files.get(NAME).length + " bytes were listed and 400000 are sent, 4 times"),
        told);
  }

  @Test
  void aWrongPartIsNotTaken() throws IOException {
    server.faults.add(server.cutAfter(1000));
    server.faults.add(
        (exchange, content) -> {
          exchange
              .getResponseHeaders()
              .add("Content-Range", "bytes 999-" + (content.length - 1) + "/" + content.length);
          exchange.sendResponseHeaders(206, content.length - 999);
          exchange.getResponseBody().write(content, 999, content.length - 999);
          return true;
        });
    assertWhole(pull());
    assertTrue(notes().contains("sends another part than was asked for"), notes());
  }

  @Test
  void aFullDiskLosesNothing() throws IOException {
    var room = new long[] {120_000};
    Disk small = (file, options) -> new SmallDisk(Disk.REAL.open(file, options), room);
    var e =
        assertThrows(
            HubException.class,
            () -> hub(Map.of(), small).pull(Source.parse("hf:org/name"), events::add));
    assertEquals(
        "cannot write: No space left on device; what was fetched is kept. Make room, and run the same"
            + " again",
        e.getMessage());
    assertEquals("", notes(), "a full disk is not tried again");
    long kept = partial();
    assertTrue(kept > 50_000 && kept <= 120_000, "kept " + kept);
    server.seen.clear();
    assertWhole(pull());
    assertEquals("bytes=" + kept + "-", server.stored().getFirst().headers().get("Range"));
  }

  @Test
  void whatCannotFitIsNotBegun() {
    server.files.put(NAME, server.files.get(NAME));
    server.apiFaults.add(
        (exchange, content) -> {
          FakeHub.reply(exchange, 200, "{\"sha\":\"" + FakeHub.COMMIT + "\"}");
          return true;
        });
    server.apiFaults.add(
        (exchange, content) -> {
          FakeHub.reply(
              exchange,
              200,
              "[{\"type\":\"file\",\"path\":\"model.safetensors\",\"size\":4000000000000000,\"oid\":\"\"}]");
          return true;
        });
    var told = refused(Map.of(), "hf:org/name");
    assertTrue(told.contains("and 4,000,000,000,000,000 are missing; make room"), told);
    assertEquals(0, server.stored().size());
  }

  @Test
  void withoutARightToReadTheMessageSaysWhatToDo() {
    server.token = "hf_right";
    assertEquals(
        "hf:org/name may not be read (127.0.0.1 answers 401: Access to model is restricted.). Its owner"
            + " asks for consent: give it at "
            + server.address()
            + "/org/name, make a token that may read, and set HF_TOKEN",
        refused(Map.of(), "hf:org/name"));
    var told = refused(Map.of("HF_TOKEN", "hf_wrong"), "hf:org/name");
    assertTrue(told.endsWith("with the account whose token is in HF_TOKEN"), told);
    assertFalse(told.contains("hf_wrong"), told);
    told = refused(Map.of(), "modelscope:org/name");
    assertTrue(told.endsWith("where it is private, set MODELSCOPE_API_TOKEN"), told);
    server.token = "";
    server.apiFaults.add(FakeHub.status(403));
    told = refused(Map.of("HF_TOKEN", "hf_wrong"), "hf:org/name");
    assertTrue(
        told.endsWith(
            "The token in HF_TOKEN is wrong or has no right to read it; without one, unset it"),
        told);
  }

  @Test
  void aTokenWithALineEndInItIsNamedAndNotShown() {
    var told = refused(Map.of("HF_TOKEN", "hf_a\nhf_b"), "hf:org/name");
    assertEquals("HF_TOKEN has characters that no token has; copy it again", told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hf:org/nam|hf:org/nam does not exist on 127.0.0.1; nearest are: org/name, org/another",
        "hf:org/name@v1|org/name has no revision 'v1'; nearest are: v1.0, main",
        "modelscope:org/none|modelscope:org/none does not exist on 127.0.0.1; look for its name, its revision, and that it is a model",
      })
  void whatDoesNotExistIsTold(String source, String told) {
    assertEquals(told, refused(Map.of(), source));
  }

  @Test
  void picklesAreRefused() {
    server.files.remove(NAME);
    var told = refused(Map.of(), "hf:org/name");
    assertTrue(
        told.startsWith(
            "the weights of hf:org/name are pickles (pytorch_model.bin): opening one can run any program."
                + " They are refused; take a revision or a repository with safetensors, or convert"),
        told);
    told = refused(Map.of(), "hf:org/name/*.bin");
    assertTrue(told.startsWith("pytorch_model.bin is a pickle by its name"), told);
    assertEquals(0, server.stored().size());
  }

  @Test
  void aPickleUnderAnotherNameIsRefused() throws IOException {
    server.files.put(
        NAME,
        "\u0080\u0002}q\u0000.0123456789".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    var told = refused(Map.of(), "hf:org/name");
    assertEquals("model.safetensors is no safetensors file; it was removed", told);
    try (var left = Files.list(cache.resolve("partial"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil.json",
        "/etc/evil.json",
        "a/../../evil.json",
        "a\\..\\evil.json",
        "a//evil.json"
      })
  void namesThatLeaveTheirFolderAreRefused(String name) {
    server.files.put(name, "{}".getBytes(UTF_8));
    var told = refused(Map.of(), "hf:org/name");
    assertTrue(told.startsWith("the file name '" + name + "' "), told);
    assertTrue(told.endsWith("it is refused, and nothing was written"), told);
    assertFalse(Files.exists(cache.resolve("snapshots")));
  }

  @Test
  void answersThatAreNoneAreTold() {
    server.apiFaults.add(
        (exchange, content) -> {
          FakeHub.reply(exchange, 200, "<html>hello</html>");
          return true;
        });
    assertTrue(
        refused(Map.of(), "hf:org/name")
            .endsWith("answers with what is no JSON; is that the address of such a service?"));
    server.apiFaults.add(
        (exchange, content) -> {
          FakeHub.reply(exchange, 200, "{\"sha\":\"../../x\"}");
          return true;
        });
    assertEquals(
        server.address() + " names no commit of hf:org/name", refused(Map.of(), "hf:org/name"));
  }

  @Test
  void aListGoesOnOnTheSameServerWhateverItsLinkSays() throws IOException {
    server.apiFaults.add((exchange, content) -> false);
    server.apiFaults.add(
        (exchange, content) -> {
          exchange
              .getResponseHeaders()
              .add(
                  "Link",
                  "<https://elsewhere.example/api/models/org/name/tree/"
                      + FakeHub.COMMIT
                      + "?recursive=true&cursor=0>; rel=\"next\"");
          FakeHub.reply(exchange, 200, "[]");
          return true;
        });
    assertWhole(pull());
  }

  @Test
  void namesThatOtherSystemsDoNotKnowAreLeftOut() throws IOException {
    server.files.put("a:b.json", "{}".getBytes(UTF_8));
    server.files.put("con.json", "{}".getBytes(UTF_8));
    var folder = pull();
    assertWhole(folder);
    assertFalse(Files.exists(folder.resolve("a:b.json")));
  }

  /** The same pull in a process of its own. */
  private ProcessBuilder process() {
    return new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        PullProcess.class.getName(),
        cache.toString(),
        server.address());
  }

  @Test
  void aKilledProcessGoesOnWhereItWas() throws Exception {
    server.drip = Duration.ofMillis(30);
    var log = Files.createTempFile(cache, "log", "");
    var process = process().redirectErrorStream(true).redirectOutput(log.toFile()).start();
    var part = new Cache(cache).partial(FakeHub.sha256(server.files.get(NAME)));
    var end = System.nanoTime() + 60_000_000_000L;
    while (process.isAlive()
        && System.nanoTime() < end
        && !(Files.exists(part) && Files.size(part) > 100_000)) {
      Thread.sleep(5);
    }
    process.destroyForcibly().waitFor();
    var out = Files.readString(log);
    assertTrue(Files.exists(part), out);
    long kept = Files.size(part);
    assertTrue(kept > 100_000 && kept < server.files.get(NAME).length, "kept " + kept + out);
    server.drip = Duration.ZERO;
    server.seen.clear();
    assertWhole(pull());
    assertEquals("bytes=" + kept + "-", server.stored().getFirst().headers().get("Range"));
  }

  @Test
  void twoPullsAtOnceShareOneDownload() throws Exception {
    server.drip = Duration.ofMillis(10);
    var paths = new Path[3];
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < paths.length; i++) {
      int at = i;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () ->
                      paths[at] =
                          hub(Map.of(), Disk.REAL).pull(Source.parse("hf:org/name"), e -> {})));
    }
    var process = process().redirectErrorStream(true).start();
    for (var thread : threads) {
      thread.join();
    }
    var out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), out);
    for (var path : paths) {
      assertWhole(path);
    }
    assertEquals(1, server.stored().size());
  }

  @Test
  void anInterruptEndsAPullAndKeepsWhatCame() throws Exception {
    server.drip = Duration.ofMillis(30);
    var thrown = new Exception[1];
    var thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    hub(Map.of(), Disk.REAL).pull(Source.parse("hf:org/name"), e -> {});
                  } catch (HubException e) {
                    thrown[0] = e;
                  }
                });
    var part = new Cache(cache).partial(FakeHub.sha256(server.files.get(NAME)));
    while (!(Files.exists(part) && Files.size(part) > 50_000)) {
      Thread.sleep(5);
    }
    thread.interrupt();
    thread.join(5000);
    assertFalse(thread.isAlive());
    assertEquals(
        "interrupted; what was fetched is kept, and pulling again goes on", thrown[0].getMessage());
    assertTrue(partial() > 50_000);
    server.drip = Duration.ZERO;
    assertWhole(pull());
    assertEquals(3, events.stream().filter(Downloaded.class::isInstance).count());
  }
}
