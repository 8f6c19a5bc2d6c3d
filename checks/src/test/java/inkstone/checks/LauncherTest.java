package inkstone.checks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inkstone.checks.Command.Result;
import inkstone.checks.Command.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The launcher in a small house of its own, with a play JDK and a play Maven that write down their
 * words.
 */
class LauncherTest {

  private static final String TOOLS =
      "awk cat chmod cp date dirname env find ln mkdir mv nproc readlink rm sleep sysctl tail touch"
          + " uname";

  @TempDir Path temporary;
  private Path house = Path.of("");
  private Path tools = Path.of("");
  private String bash = "";

  @BeforeEach
  void buildTheHouse() throws IOException {
    bash = onPath("bash");
    assumeTrue(!bash.isEmpty(), "no bash on this machine");
    house = Files.createDirectories(temporary.resolve("a house"));
    tools = Files.createDirectory(temporary.resolve("tools"));
    for (String tool : TOOLS.split(" ", -1)) {
      var path = onPath(tool);
      if (!path.isEmpty()) {
        script(tools.resolve(tool), "exec " + path + " \"$@\"");
      }
    }
    Files.copy(Command.ROOT.resolve("inkstone"), house.resolve("inkstone"));
    Files.writeString(house.resolve("pom.xml"), "<project/>");
    Files.createDirectories(house.resolve("cli/src/main"));
    Files.writeString(house.resolve("cli/pom.xml"), "<project/>");
    Files.writeString(house.resolve("cli/src/main/Main.java"), "class Main {}");
  }

  @Test
  void withoutAnyJdkItSaysSoInOneLine() throws Exception {
    var result = launch("speedrun");
    assertEquals(2, result.exit(), result.toString());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("inkstone: no JDK 25 or newer in JAVA_HOME"), result.err());
    assertEquals(1, result.err().lines().count(), result.err());
  }

  @ParameterizedTest
  @CsvSource({"17.0.15", "24.0.2", "1.8.0_402", "''"})
  void anOlderJdkIsNotTaken(String version) throws Exception {
    jdk("jdks/old", version);
    assertEquals(2, launch("speedrun").exit());
  }

  @ParameterizedTest
  @CsvSource({"25", "25.0.3", "25-ea", "26.0.1", "100"})
  void aJdkOfTheVersionOrNewerIsTaken(String version) throws Exception {
    jdk("jdks/old", "17.0.15");
    jdk("jdks/young", version);
    maven("exit 0");
    built();
    var result = launch("generate", "--prompt", "two words");
    assertEquals(0, result.exit(), result.toString());
    assertTrue(result.out().startsWith("young\n"), result.out());
    assertTrue(result.out().endsWith("\ninkstone.cli.Main\ngenerate\n--prompt\ntwo words\n"));
    assertEquals("", result.err());
  }

  @Test
  void aJreWithoutCompilerIsNotTaken() throws Exception {
    jdk("jdks/jre", "25.0.3");
    Files.delete(temporary.resolve("jdks/jre/bin/javac"));
    assertEquals(2, launch("speedrun").exit());
  }

  @Test
  void javaHomeIsTakenBeforePathAndPathBeforeTheFolders() throws Exception {
    jdk("jdks/folder", "25");
    jdk("other/path", "25");
    jdk("other/home", "25");
    built();
    Files.createSymbolicLink(tools.resolve("java"), temporary.resolve("other/path/bin/java"));
    assertTrue(launch("x").out().startsWith("path\n"));
    var environment = environment();
    environment.put("JAVA_HOME", temporary.resolve("other/home").toString());
    assertTrue(start(environment, "x").result().out().startsWith("home\n"));
    jdk("other/home", "17");
    assertTrue(start(environment, "x").result().out().startsWith("path\n"));
  }

  @Test
  void theUsersWordsForTheJvmComeThroughAndHisCollectorReplacesOurs() throws Exception {
    jdk("jdks/young", "25");
    built();
    var environment = environment();
    assertTrue(start(environment, "x").result().out().contains("-XX:+UseParallelGC\n"));
    assertTrue(
        start(environment, "x").result().out().contains("\n-Dinkstone.root=" + house + "\n"));
    environment.put("INKSTONE_JAVA_OPTS", "-Xmx8g -XX:+UseZGC");
    var out = start(environment, "x").result().out();
    assertTrue(out.contains("\n-Xmx8g\n-XX:+UseZGC\n"), out);
    assertFalse(out.contains("UseParallelGC"), out);
  }

  @Test
  void threadsAndAllocatorAreSetUnlessTheUserDid() throws Exception {
    jdk("jdks/young", "25");
    java("jdks/young", "echo \"$OMP_NUM_THREADS $MALLOC_ARENA_MAX $MALLOC_TRIM_THRESHOLD_\"");
    built();
    var environment = environment();
    var ours = start(environment, "x").result().out().strip().split(" ", -1);
    int threads = Integer.parseInt(ours[0]);
    assertTrue(threads >= 1 && threads <= Runtime.getRuntime().availableProcessors(), ours[0]);
    assertEquals("1", ours[1]);
    assertEquals("1073741824", ours[2]);
    environment.put("OMP_NUM_THREADS", "3");
    environment.put("MALLOC_ARENA_MAX", "8");
    assertEquals("3 8 1073741824", start(environment, "x").result().out().strip());
  }

  @Test
  void itPrintsTheJdkThatItFound() throws Exception {
    jdk("jdks/young", "25");
    assertEquals(temporary.resolve("jdks/young") + "\n", launch("jdk").out());
  }

  @Test
  void testsRunWithTheJdkFoundAndAreCounted() throws Exception {
    jdk("jdks/young", "25");
    maven(
        """
        echo "$JAVA_HOME $*"; mkdir -p a/target/surefire-reports b/target/surefire-reports
        echo '<testsuite name="A" tests="12" errors="1" skipped="2" failures="3">' \\
          >a/target/surefire-reports/TEST-A.xml
        echo '<testsuite name="B" tests="30" errors="0" skipped="0" failures="0">' \\
          >b/target/surefire-reports/TEST-B.xml
        exit 1
        """);
    var result = launch("test", "-pl", "text");
    assertEquals(1, result.exit(), result.toString());
    assertEquals(
        temporary.resolve("jdks/young")
            + " -B -ntp verify -Dmaven.javadoc.skip=true -pl text\n"
            + "inkstone: 42 tests, 3 failed, 1 errors, 2 skipped\n",
        result.out());
  }

  @Test
  void aRunningLauncherDoesNotSeeAnEditOfItself() throws Exception {
    jdk("jdks/young", "25");
    maven("echo >\"${0%/*}/started\"; sleep 1; " + GOOD_BUILD);
    var running = start(environment(), "speedrun");
    while (!Files.exists(tools.resolve("started")) && running.process().isAlive()) {
      Thread.sleep(20);
    }
    Files.writeString(house.resolve("inkstone"), "exit 77\n".repeat(4000));
    var result = running.result();
    assertEquals(0, result.exit(), result.toString());
    assertTrue(result.out().startsWith("young\n"), result.out());
  }

  @Test
  void withoutMavenItSaysSo() throws Exception {
    jdk("jdks/young", "25");
    var result = launch("speedrun");
    assertEquals(2, result.exit(), result.toString());
    assertTrue(result.err().contains("Maven is missing"), result.err());
  }

  @Test
  void aFailedBuildShowsItsLogAndIsTriedAgain() throws Exception {
    jdk("jdks/young", "25");
    maven("echo 'boom at line 7'; exit 1");
    var result = launch("speedrun");
    assertEquals(2, result.exit(), result.toString());
    assertEquals("", result.out());
    assertTrue(result.err().contains("boom at line 7"), result.err());
    assertTrue(result.err().contains("the build failed"), result.err());
    maven(GOOD_BUILD);
    assertEquals(0, launch("speedrun").exit());
  }

  @Test
  void itBuildsOnFirstUseAndWhenSourcesChangedOnly() throws Exception {
    jdk("jdks/young", "25");
    maven(GOOD_BUILD);
    var first = launch("speedrun");
    assertEquals(0, first.exit(), first.toString());
    assertEquals("inkstone: building (first use, about a minute)\n", first.err());
    assertEquals("", launch("speedrun").err());
    assertEquals(1, builds());
    var later = FileTime.from(Instant.now().plusSeconds(5));
    Files.setLastModifiedTime(house.resolve("cli/src/main/Main.java"), later);
    assertEquals("inkstone: building (sources changed)\n", launch("speedrun").err());
    assertEquals(2, builds());
  }

  @Test
  void aMissingLibraryIsFetchedAgain() throws Exception {
    jdk("jdks/young", "25");
    maven(GOOD_BUILD);
    launch("speedrun");
    Files.delete(temporary.resolve("library.jar"));
    assertEquals(0, launch("speedrun").exit());
    assertEquals(2, builds());
  }

  @Test
  void twoLaunchersAtOnceBuildOnce() throws Exception {
    jdk("jdks/young", "25");
    maven("sleep 1; " + GOOD_BUILD);
    var running = new ArrayList<Running>();
    for (int i = 0; i < 3; i++) {
      running.add(start(environment(), "speedrun"));
    }
    for (Running one : running) {
      var result = one.result();
      assertEquals(0, result.exit(), result.toString());
    }
    assertEquals(1, builds());
  }

  @Test
  void theLockOfADeadBuildIsBroken() throws Exception {
    jdk("jdks/young", "25");
    maven(GOOD_BUILD);
    Files.createDirectories(house.resolve("target"));
    Files.createSymbolicLink(house.resolve("target/building"), Path.of("999999999"));
    assertEquals(0, launch("speedrun").exit());
  }

  @Test
  void anInterruptReachesTheJvm() throws Exception {
    jdk("jdks/young", "25");
    built();
    java("jdks/young", "echo $$; exec sleep 30");
    var running = start(environment(), "speedrun");
    running
        .process()
        .destroy(); // it is the JVM itself that gets the signal: there is no shell before it
    assertTrue(running.process().waitFor(10, java.util.concurrent.TimeUnit.SECONDS));
  }

  /** Leaves what Maven would: the jar of cli, and the list of the others. */
  private static final String GOOD_BUILD =
      """
      echo x >>builds; mkdir -p cli/target; touch "${PWD%/*}/library.jar" cli/target/inkstone-cli-0.1.0.jar
      printf '%s' "${PWD%/*}/library.jar" >cli/target/classpath
      """;

  private long builds() throws IOException {
    return Files.readString(house.resolve("builds")).lines().count();
  }

  private void jdk(String folder, String version) throws IOException {
    var jdk = temporary.resolve(folder);
    Files.createDirectories(jdk.resolve("bin"));
    Files.writeString(
        jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    script(jdk.resolve("bin/javac"), "exit 0");
    java(folder, "echo " + jdk.getFileName() + "; printf '%s\\n' \"$@\"");
  }

  private void java(String folder, String body) throws IOException {
    script(temporary.resolve(folder).resolve("bin/java"), body);
  }

  private void maven(String body) throws IOException {
    script(tools.resolve("mvn"), body);
  }

  private void script(Path file, String body) throws IOException {
    Files.writeString(file, "#!" + bash + "\n" + body + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  /** As if the last build had just been made. */
  private void built() throws IOException {
    var app = Files.createDirectories(house.resolve("target/app-1"));
    Files.writeString(app.resolve("classpath"), app + "/classpath\n");
    var stamp = Files.writeString(house.resolve("target/built"), app + "\n");
    Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plusSeconds(5)));
  }

  private Map<String, String> environment() {
    var environment = new HashMap<String, String>();
    environment.put("PATH", tools.toString());
    environment.put("HOME", temporary.toString());
    environment.put("INKSTONE_JAVA_SEARCH", temporary.resolve("jdks") + "/*");
    return environment;
  }

  private Result launch(String... words) throws IOException, InterruptedException {
    return start(environment(), words).result();
  }

  private Running start(Map<String, String> environment, String... words) throws IOException {
    var command = new ArrayList<>(List.of(bash, house.resolve("inkstone").toString()));
    command.addAll(List.of(words));
    return Command.start(temporary, environment, command);
  }

  private static String onPath(String program) {
    for (String folder :
        System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator, -1)) {
      var path = Path.of(folder, program);
      if (Files.isExecutable(path)) {
        return path.toString();
      }
    }
    return "";
  }
}
