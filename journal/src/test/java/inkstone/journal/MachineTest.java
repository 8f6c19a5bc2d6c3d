package inkstone.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {

  @Test
  void tellsOfThisProcess() {
    var machine = Machine.here("libtorch 2", "cpu");
    assertEquals(Runtime.getRuntime().availableProcessors(), machine.cores());
    assertEquals(System.getProperty("os.arch"), machine.arch());
    assertTrue(machine.os().startsWith(System.getProperty("os.name")));
    assertTrue(machine.java().contains(Runtime.version().toString()));
    assertTrue(machine.memoryBytes() > 1 << 28, "memory " + machine.memoryBytes());
    assertFalse(machine.cpu().isBlank());
    assertEquals("libtorch 2", machine.engine());
    assertEquals("cpu", machine.device());
  }

  @Test
  void readsTheProcessorsName(@TempDir Path folder) throws IOException {
    var file = folder.resolve("cpuinfo");
    assertEquals("arm", Machine.cpuName(file, "arm"));
    Files.writeString(file, "processor\t: 0\nmodel name\t: Some CPU @ 2GHz: x\nmodel name\t: B\n");
    assertEquals("Some CPU @ 2GHz: x", Machine.cpuName(file, "arm"));
    Files.writeString(file, "processor\t: 0\nmodel name without colon\n");
    assertEquals("arm", Machine.cpuName(file, "arm"));
  }
}
