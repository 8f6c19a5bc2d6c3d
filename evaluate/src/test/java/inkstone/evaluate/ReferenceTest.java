package inkstone.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inkstone.data.Corpus;
import inkstone.data.Split;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both baselines on texts on which others have measured them, the last tenth held out. */
class ReferenceTest {

  @ParameterizedTest
  @CsvSource({"tinyshakespeare/input.txt, 2.28, 2.52"})
  void scoresComeNearTheKnownOnes(String name, double kneserNey, double xz) {
    var path = Path.of(System.getProperty("inkstone.data", ""), name);
    assumeTrue(Files.exists(path), path + " is not there");
    var split = Split.of(Corpus.of(List.of(path)), Split.Kind.TAIL, 1);
    var training = split.training().bytes(Integer.MAX_VALUE);
    var heldOut = split.heldOutBytes();
    var measured = new KneserNey().bitsPerByte(training, heldOut);
    var measuredXz = new Xz().bitsPerByte(training, heldOut);
    // The known figure is that of a single discount; three are a little better.
    assertTrue(measured < kneserNey && measured > kneserNey - 0.04, "Kneser-Ney " + measured);
    assertEquals(xz, measuredXz, 0.01);
  }
}
