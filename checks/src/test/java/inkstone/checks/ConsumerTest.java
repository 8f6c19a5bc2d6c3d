package inkstone.checks;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Installs the house into a local repository of its own with {@code mvn install}, builds the small
 * project under {@code src/test/consumer} against it, and runs that on the class path and on the
 * module path.
 */
class ConsumerTest {

  private static final String VERSION = System.getProperty("inkstone.version", "");
  private static final String MAVEN = System.getProperty("maven.program", "mvn");
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  @TempDir(
      cleanup = CleanupMode.NEVER) // it holds links to the machine's repository; see removeLinks
  static Path temporary = Path.of("");

  private static Path repository = Path.of("");
  private static Path consumer = Path.of("");
  private static String libraries = "";

  @BeforeAll
  static void installAndBuild() throws Exception {
    repository = Files.createDirectory(temporary.resolve("repository"));
    shareDownloads(Path.of(System.getProperty("maven.repository", "")), repository);
    maven(Command.ROOT, "install", "-Dmaven.test.skip=true", "-pl", "!checks");

    consumer = temporary.resolve("consumer");
    copy(Path.of("src", "test", "consumer"), consumer);
    maven(consumer, "compile", "-Dinkstone.version=" + VERSION);
    libraries = Files.readString(consumer.resolve("target/classpath")).strip();
  }

  @AfterAll
  static void removeLinks() throws IOException {
    try (var files = Files.walk(temporary)) { // a link is removed, never followed
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tensor",
        "text",
        "journal",
        "model",
        "data",
        "generate",
        "evaluate",
        "train",
        "bench",
        "cli"
      })
  void aRoomIsPublishedWithSourcesAndJavadoc(String room) {
    var folder = repository.resolve("io/inkstone/inkstone-" + room).resolve(VERSION);
    assertAll(
        Stream.of(".pom", ".jar", "-sources.jar", "-javadoc.jar")
            .map(end -> folder.resolve("inkstone-" + room + "-" + VERSION + end))
            .map(file -> () -> assertTrue(Files.size(file) > 0, file::toString)));
  }

  @Test
  void theChecksStayAtHome() {
    assertTrue(Files.exists(repository.resolve("io/inkstone/inkstone-bom")));
    assertFalse(Files.exists(repository.resolve("io/inkstone/inkstone-checks")));
  }

  @Test
  void theNativeLibrariesOfThisMachineComeAlong() {
    var natives =
        Stream.of(libraries.split(File.pathSeparator, -1))
            .map(jar -> Path.of(jar).getFileName().toString())
            .filter(name -> name.matches("(javacpp|openblas|pytorch)-.*-(linux|macosx|windows)-.*"))
            .toList();
    assertEquals(3, natives.size(), natives::toString);
  }

  @Test
  void itRunsOnTheClassPath() throws Exception {
    assertGood(
        Command.run(
            consumer,
            List.of(
                JAVA,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                "target/classes" + File.pathSeparator + libraries,
                "consumer.Consumer")));
  }

  @Test
  void itRunsOnTheModulePath() throws Exception {
    assertGood(
        Command.run(
            consumer,
            List.of(
                JAVA,
                "--enable-native-access=ALL-UNNAMED,org.bytedeco.javacpp",
                "--module-path",
                "target/classes" + File.pathSeparator + libraries,
                "--add-modules",
                "ALL-MODULE-PATH",
                "-m",
                "consumer/consumer.Consumer")));
  }

  private static void assertGood(Command.Result result) {
    assertEquals(0, result.exit(), result::toString);
    assertTrue(
        result.out().matches("(?s).*consumer: [1-9]\\d* passed, 0 failed\\s*"), result::toString);
    System.out.print(result.out());
  }

  private static void maven(Path folder, String... words) throws Exception {
    var command =
        new ArrayList<>(List.of(MAVEN, "-B", "-q", "-ntp", "-Dmaven.repo.local=" + repository));
    command.addAll(List.of(words));
    var result = Command.run(folder, command);
    assertEquals(0, result.exit(), () -> String.join(" ", command) + "\n" + result);
  }

  /**
   * Links what the machine's repository holds into a new one, all but {@code io/inkstone}: nothing
   * is downloaded twice.
   */
  private static void shareDownloads(Path from, Path to) throws IOException {
    Files.createDirectories(from.resolve("io"));
    Files.createDirectory(to.resolve("io"));
    for (Path group : list(from)) {
      if (!group.endsWith("io")) {
        Files.createSymbolicLink(to.resolve(group.getFileName()), group);
      }
    }
    for (Path group : list(from.resolve("io"))) {
      if (!group.endsWith("inkstone")) {
        Files.createSymbolicLink(to.resolve("io").resolve(group.getFileName()), group);
      }
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    try (var entries = Files.list(folder)) {
      return entries.toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (var files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
