import com.github.tjake.jlama.model.AbstractModel;
import com.github.tjake.jlama.model.ModelSupport;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.safetensors.prompt.PromptContext;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * Jlama as a side of `inkstone bench generate`: a JVM that answers `decode N` and `prefill N`.
 *
 * <pre>java --enable-preview --add-modules jdk.incubator.vector -cp 'HOME/*' JlamaPeer.java DIR THREADS f32|q4</pre>
 *
 * Weights as in the directory (f32) or made 4-bit when they are loaded (q4); activations in 8 bits beside the latter, as
 * its own command does.
 */
public class JlamaPeer {

  private static final Random RANDOM = new Random(1);

  public static void main(String[] words) throws Exception {
    var out = System.out;
    System.setOut(new PrintStream(System.err, true)); // what the library prints is not an answer
    boolean small = words[2].equals("q4");
    AbstractModel model =
        ModelSupport.loadModel(
            new File(words[0]),
            null,
            DType.F32,
            small ? DType.I8 : DType.F32,
            small ? Optional.of(DType.Q4) : Optional.empty(),
            Optional.of(Integer.parseInt(words[1])));
    decode(model, 32);
    prefill(model, 64);
    out.println("{\"ready\":true,\"name\":\"jlama\"}");
    out.flush();
    var in = new BufferedReader(new InputStreamReader(System.in));
    for (var line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
      var asked = line.split(" ");
      int tokens = (int) Double.parseDouble(asked[1]);
      double[] did = asked[0].equals("decode") ? decode(model, tokens) : prefill(model, tokens);
      out.printf(
          java.util.Locale.ROOT, "{\"tokens\":%d,\"seconds\":%f,\"resident_bytes\":%d}%n", (long) did[0], did[1], resident());
      out.flush();
    }
    System.exit(0);
  }

  /** Tokens after the first one, and their seconds. */
  private static double[] decode(AbstractModel model, int tokens) {
    long[] firstAndLast = new long[2];
    int[] count = new int[1];
    model.generate(
        UUID.randomUUID(),
        PromptContext.of("a"),
        0f,
        tokens + 2,
        (text, seconds) -> {
          firstAndLast[1] = System.nanoTime();
          firstAndLast[0] = count[0]++ == 0 ? firstAndLast[1] : firstAndLast[0];
        });
    return new double[] {count[0] - 1, (firstAndLast[1] - firstAndLast[0]) / 1e9};
  }

  private static double[] prefill(AbstractModel model, int tokens) {
    var text = new StringBuilder();
    while (model.getTokenizer().encode(text.toString()).length < tokens) {
      text.append((char) ('a' + RANDOM.nextInt(26)));
    }
    var did = model.generate(UUID.randomUUID(), PromptContext.of(text.toString()), 0f, tokens + 4, (t, s) -> {});
    return new double[] {did.promptTokens, did.promptTimeMs / 1e3};
  }

  private static long resident() throws Exception {
    try (var lines = java.nio.file.Files.lines(java.nio.file.Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    }
  }
}
