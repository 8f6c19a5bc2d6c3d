package inkstone.hub;

import java.nio.file.Path;
import java.util.Map;

/** A pull in a process of its own, for tests that kill it. */
final class PullProcess {

  private PullProcess() {}

  public static void main(String[] words) {
    Hub.of(Path.of(words[0]), Map.of("HF_ENDPOINT", words[1]))
        .with(FakeHub.SHORT, Disk.REAL)
        .pull(Source.parse("hf:org/name"), event -> {});
  }
}
