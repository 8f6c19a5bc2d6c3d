package inkstone.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No operation leaves anything behind but what it returns. */
class LeakTest {

  private static final int REPEATS = 1000;
  private static final long ALLOWED = 16L << 20;
  private static final Path STATM = Path.of("/proc/self/statm");

  @TempDir Path folder;

  @Test
  void theTableHoldsEveryPublicOperation() {
    var declared = new TreeSet<String>();
    for (var type : List.of(Tensor.class, Functions.class, Random.class, Safetensors.class)) {
      for (var method : type.getDeclaredMethods()) {
        if (Modifier.isPublic(method.getModifiers()) && !method.isSynthetic()) {
          declared.add(
              type.getSimpleName()
                  + "."
                  + method.getName()
                  + Arrays.stream(method.getParameterTypes())
                      .map(Class::getSimpleName)
                      .collect(Collectors.joining(", ", "(", ")")));
        }
      }
    }
    try (var scope = Scope.open()) {
      assertEquals(declared, new TreeSet<>(new Operations(folder).table().keySet()));
    }
  }

  @Test
  void everyOperationMakesExactlyTheTensorsThatItReturns() {
    try (var scope = Scope.open()) {
      new Operations(folder)
          .table()
          .forEach(
              (name, operation) -> {
                long before = Tensor.live();
                var made = operation.get();
                assertEquals(before + made.size(), Tensor.live(), name);
                made.forEach(Tensor::close);
                assertEquals(before, Tensor.live(), name);
              });
    }
  }

  /**
   * In a JVM of its own whose heap is fixed and touched beforehand, so that what grows is native.
   */
  @Test
  void aThousandRepeatsOfEachLeaveMemoryFlat() throws Exception {
    Assumptions.assumeTrue(Files.exists(STATM), "resident memory is told on Linux alone");
    var output = folder.resolve("output.txt");
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                LeakTest.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    int exit = process.waitFor();
    var said = Files.readString(output, StandardCharsets.UTF_8);
    assertEquals(0, exit, said);
    assertTrue(said.contains("all flat"), said);
  }

  /** Repeats every operation; ends with 1 and the names of those that made memory grow. */
  public static void main(String[] args) throws Exception {
    var operations = new Operations(Path.of(args[0])).table();
    long live = Tensor.live();
    for (var operation : operations.values()) {
      repeat(operation, REPEATS / 10);
    }
    long start = resident();
    long last = start;
    for (var operation : operations.entrySet()) {
      repeat(operation.getValue(), REPEATS);
      long now = resident();
      if (now - last > 1 << 20) {
        System.out.println(operation.getKey() + ": " + (now - last) / 1024 + " KiB more");
      }
      last = now;
    }
    long grown = last - start;
    System.out.println("after the warm-up memory grew by " + grown / 1024 + " KiB");
    if (grown > ALLOWED || Tensor.live() != live) {
      System.out.println("tensors alive: " + (Tensor.live() - live) + " more");
      System.exit(1);
    }
    System.out.println("all flat");
  }

  private static void repeat(java.util.function.Supplier<List<Tensor>> operation, int times) {
    for (int i = 0; i < times; i++) {
      operation.get().forEach(Tensor::close);
    }
  }

  /** Bytes; the second field is the number of resident pages (proc(5)). */
  private static long resident() throws Exception {
    System.gc();
    return 4096 * Long.parseLong(Files.readString(STATM).split(" ")[1]);
  }
}
