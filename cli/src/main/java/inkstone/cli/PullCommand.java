package inkstone.cli;

import inkstone.hub.Hub;
import inkstone.hub.HubException;
import inkstone.hub.Source;
import inkstone.hub.Source.Repository;
import inkstone.journal.Event;
import inkstone.journal.Recorded;
import inkstone.journal.Terminal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inkstone pull}: fetches a model; the only verb that uses the network. */
@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    description = {
      "Fetch a model into the cache and print where it is. The only verb that uses the network.",
      "",
      "SOURCE is hf:org/name[@revision][/file], modelscope:org/name[@revision][/file],"
          + " maven:group:artifact:version[:type[:classifier]], https://... (a file or an archive,"
          + " #sha256=... checks it), or a path.",
    },
    footer = {
      "",
      "Environment: INKSTONE_CACHE (folder), HF_ENDPOINT, HF_TOKEN, MODELSCOPE_ENDPOINT,"
          + " MODELSCOPE_API_TOKEN, HTTPS_PROXY, NO_PROXY.",
    })
final class PullCommand implements Callable<Integer> {

  @Parameters(paramLabel = "SOURCE", description = "Where the model comes from.")
  private String source = "";

  @Option(
      names = "--file",
      paramLabel = "PATTERN",
      description = "Which files of a repository, such as '*Q4_K_M.gguf'.")
  private Optional<String> file = Optional.empty();

  @Option(names = "--offline", description = "Use what is in the cache and no network.")
  private boolean offline;

  @Option(
      names = "--verify",
      description = "Read all that is in the cache of it again, and fetch what has changed there.")
  private boolean verify;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Folder of the cache (default: INKSTONE_CACHE, else ~/.cache/inkstone).")
  private Optional<Path> cache = Optional.empty();

  @Override
  public Integer call() {
    var wanted = file.map(pattern -> within(pattern)).orElseGet(() -> Source.parse(source));
    var environment = System.getenv();
    var hub = Hub.of(cache.orElseGet(() -> Hub.usualCache(environment)), environment);
    var terminal = Terminal.standardError();
    var stopped = new Thread(PullCommand::stopped);
    Runtime.getRuntime().addShutdownHook(stopped);
    Consumer<Event> events = event -> terminal.accept(new Recorded(Instant.now(), event));
    try {
      if (verify) {
        hub.check(wanted, events);
      }
      var path = (offline ? hub.offline() : hub).pull(wanted, events);
      System.out.println(path);
      return 0;
    } finally {
      forget(stopped);
    }
  }

  private Source within(String pattern) {
    if (Source.parse(source) instanceof Repository repository) {
      return repository.file(pattern);
    }
    throw new HubException("--file chooses files of hf: and modelscope: sources, not of " + source);
  }

  /** Every byte that came is in a file already, so there is nothing to do but to say so. */
  private static void stopped() {
    System.err.println();
    System.err.println("stopped; what was fetched is kept, and the same command goes on with it");
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already, through this very hook.
    }
  }
}
