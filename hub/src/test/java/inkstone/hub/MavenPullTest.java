package inkstone.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.journal.Event;
import inkstone.journal.Pulled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Artifacts, by a play Maven that copies a file and writes down its words. */
@DisabledOnOs(OS.WINDOWS)
class MavenPullTest {

  @TempDir Path cache;
  @TempDir Path tools;
  private final List<Event> events = new ArrayList<>();

  private Hub hub() {
    return Hub.of(cache, Map.of("PATH", "/nowhere:" + tools));
  }

  private void maven(String script) throws IOException {
    var program =
        Files.writeString(
            tools.resolve("mvn"),
            "#!/bin/sh\necho \"$JAVA_HOME $*\" > '" + tools + "/words'\n" + script);
    assertTrue(program.toFile().setExecutable(true));
  }

  @Test
  void aJarIsCopiedUnpackedAndKept() throws IOException {
    Files.write(
        tools.resolve("m-1.0.jar"),
        WebPullTest.zip(
            "META-INF/MANIFEST.MF",
            "x",
            "a/A.class",
            "x",
            "a/m/config.json",
            "{}",
            "a/m/model.safetensors",
            "\u0002\0\0\0\0\0\0\0{}"));
    maven(
        "for w; do case $w in -DoutputDirectory=*) cp '"
            + tools
            + "/m-1.0.jar' \"${w#*=}\";; esac; done\n");
    var source = Source.parse("maven:org.acme:m:1.0");
    assertEquals(Optional.empty(), hub().find(source));
    var model = hub().pull(source, events::add);
    assertTrue(model.endsWith("a/m"), model.toString());
    assertEquals("{}", Files.readString(model.resolve("config.json")));
    assertFalse(Files.exists(model.resolveSibling("A.class")));
    assertEquals(Optional.of(model), hub().find(source));
    var words = Files.readString(tools.resolve("words"));
    assertTrue(
        words.matches(
            "(?s)\\S+ -B -q org\\.apache\\.maven\\.plugins:maven-dependency-plugin:[\\d.]+:copy"
                + " -Dartifact=org\\.acme:m:1\\.0:jar -DoutputDirectory=\\S+\n"),
        words);
    Files.delete(tools.resolve("mvn"));
    assertEquals(model, hub().pull(source, events::add), "a version never changes");
    assertEquals(0, ((Pulled) events.getLast()).bytes());
    try (var left = Files.list(cache.resolve("partial"))) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void whatMavenSaysIsTold() throws IOException {
    maven(
        "echo '[ERROR] Failed to execute goal g:p:3:copy (default-cli) on project x: Could not find artifact g:a:zip:model:2 in here -> [Help 1]'; echo '[ERROR] To see more'; echo '[ERROR] -> [Help 1]'; exit 1\n");
    var source = Source.parse("maven:g:a:2:zip:model");
    var e = assertThrows(HubException.class, () -> hub().pull(source, events::add));
    assertEquals(
        "maven:g:a:2:zip:model cannot be fetched by Maven: Could not find artifact g:a:zip:model:2 in here",
        e.getMessage());
    assertTrue(Files.readString(tools.resolve("words")).contains(" -Dartifact=g:a:2:zip:model "));
    maven("exit 0\n");
    e = assertThrows(HubException.class, () -> hub().pull(source, events::add));
    assertTrue(
        e.getMessage().endsWith("it gives no reason (see mvn dependency:copy)"), e.getMessage());
    Files.delete(tools.resolve("mvn"));
    e = assertThrows(HubException.class, () -> hub().pull(source, events::add));
    assertTrue(e.getMessage().startsWith("Maven is missing; install it"), e.getMessage());
    e = assertThrows(HubException.class, () -> hub().offline().pull(source, events::add));
    assertTrue(
        e.getMessage().endsWith("fetch it with: ./inkstone pull maven:g:a:2:zip:model"),
        e.getMessage());
  }

  @Test
  void picklesAreRefused() throws IOException {
    Files.write(tools.resolve("m.pt"), new byte[9]);
    maven(
        "for w; do case $w in -DoutputDirectory=*) cp '"
            + tools
            + "/m.pt' \"${w#*=}\";; esac; done\n");
    var e =
        assertThrows(
            HubException.class, () -> hub().pull(Source.parse("maven:g:a:1:pt"), events::add));
    assertTrue(e.getMessage().startsWith("m.pt is a pickle by its name"), e.getMessage());
  }
}
