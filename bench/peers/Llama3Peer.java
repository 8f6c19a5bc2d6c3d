import com.llama4j.Llama3;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * llama3.java as a side of `inkstone bench generate`: a JVM that answers `decode N` and `prefill N`. Its command is run
 * over and over in one JVM, so that the compiler has seen it; the rates are those that it prints.
 *
 * <pre>java --enable-preview --add-modules jdk.incubator.vector -cp HOME Llama3Peer.java FILE.gguf</pre>
 */
public class Llama3Peer {

  private static final Pattern TOLD =
      Pattern.compile("prompt: ([\\d.]+) tokens/s \\((\\d+)\\) generation: ([\\d.]+) tokens/s \\((\\d+)\\)");
  private static final Random RANDOM = new Random(1);

  public static void main(String[] words) throws Exception {
    var out = System.out;
    var errors = System.err;
    System.setOut(new PrintStream(OutputStream.nullOutputStream()));
    try {
      lap(words[0], "decode", 64);
      lap(words[0], "prefill", 256);
    } catch (RuntimeException e) {
      out.println("{\"ready\":false,\"why\":\"llama3.java cannot run this model: it takes Llama 3's vocabulary only\"}");
      e.printStackTrace(errors);
      System.exit(0);
    }
    out.println("{\"ready\":true,\"name\":\"llama3.java\"}");
    out.flush();
    var in = new BufferedReader(new InputStreamReader(System.in));
    for (var line = in.readLine(); line != null && !line.equals("quit"); line = in.readLine()) {
      var asked = line.split(" ");
      out.println(lap(words[0], asked[0], (int) Double.parseDouble(asked[1])));
      out.flush();
    }
    System.exit(0);
  }

  private static String lap(String file, String verb, int tokens) throws Exception {
    boolean reads = verb.equals("prefill");
    var prompt = new StringBuilder("a");
    while (reads && prompt.length() < tokens) {
      prompt.append((char) ('a' + RANDOM.nextInt(26)));
    }
    var said = new ByteArrayOutputStream();
    var errors = System.err;
    System.setErr(new PrintStream(said, true));
    try {
      Llama3.main(
          new String[] {
            "--model", file, "--prompt", prompt.toString(), "--temperature", "0", "--stream", "false",
            "--max-tokens", Integer.toString(reads ? tokens + 2 : tokens + 2)
          });
    } finally {
      System.setErr(errors);
    }
    var told = TOLD.matcher(said.toString());
    if (!told.find()) {
      throw new IllegalStateException("it told no rates: " + said);
    }
    long count = Long.parseLong(told.group(reads ? 2 : 4));
    double rate = Double.parseDouble(told.group(reads ? 1 : 3));
    return String.format(
        Locale.ROOT, "{\"tokens\":%d,\"seconds\":%f,\"resident_bytes\":%d}", count, count / rate, resident());
  }

  private static long resident() throws Exception {
    try (var lines = Files.lines(Path.of("/proc/self/status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    }
  }
}
