package inkstone.hub;

import inkstone.hub.Source.MavenArtifact;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Fetches an artifact through the installed Maven, with the user's repositories, mirrors and
 * passwords ({@code settings.xml}).
 */
final class Maven {

  /** The plugin that copies one artifact to a folder; the version that this house is built with. */
  private static final String COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy";

  private static final long MINUTES = 60;

  private Maven() {}

  /** The artifact's file, in {@code folder}. */
  static Path fetch(MavenArtifact source, Path folder, Map<String, String> environment)
      throws IOException {
    var program = program(environment);
    var words = new ArrayList<String>();
    words.add(program.toString());
    words.add("-B");
    words.add("-q");
    words.add(COPY);
    words.add("-Dartifact=" + coordinates(source));
    words.add("-DoutputDirectory=" + folder.toAbsolutePath());
    Files.createDirectories(folder);
    var log = folder.resolve("maven.log");
    var builder =
        new ProcessBuilder(words)
            .directory(folder.toFile()) // no project's settings
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    var process = builder.start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        throw new HubException(source + ": Maven has not ended within " + MINUTES + " minutes");
      }
    } catch (InterruptedException e) {
      throw Retries.interrupted(e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
    try (var files = Files.list(folder)) {
      var file = files.filter(f -> !f.equals(log)).findFirst();
      if (process.exitValue() != 0 || file.isEmpty()) {
        throw new HubException(source + " cannot be fetched by Maven: " + reason(log));
      }
      return file.get();
    }
  }

  private static String coordinates(MavenArtifact source) {
    var text =
        "%s:%s:%s:%s".formatted(source.group(), source.artifact(), source.version(), source.type());
    return source.classifier().isEmpty() ? text : text + ":" + source.classifier();
  }

  private static Path program(Map<String, String> environment) {
    var names = File.separatorChar == '\\' ? new String[] {"mvn.cmd"} : new String[] {"mvn"};
    for (var folder :
        Optional.ofNullable(environment.get("PATH")).orElse("").split(File.pathSeparator)) {
      for (var name : names) {
        var program = Path.of(folder.isEmpty() ? "." : folder, name);
        if (!folder.isEmpty() && Files.isExecutable(program)) {
          return program;
        }
      }
    }
    throw new HubException(
        "Maven is missing; install it (apt install maven, brew install maven) so that mvn is on"
            + " PATH");
  }

  /** The first lines that say what went wrong. */
  private static String reason(Path log) throws IOException {
    var text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    var lines =
        text.lines()
            .filter(line -> line.startsWith("[ERROR] "))
            .map(line -> line.substring(8).replaceFirst("\\s*-> \\[Help \\d+]$", "").strip())
            .map(line -> line.replaceFirst("^Failed to execute goal \\S+( .{1,100})?: ", ""))
            .filter(line -> !line.matches("|(To see|Re-run|For more|\\[Help).*"))
            .map(FileName::shown)
            .limit(2)
            .collect(Collectors.joining(" "));
    return lines.isEmpty() ? "it gives no reason (see mvn dependency:copy)" : lines;
  }
}
