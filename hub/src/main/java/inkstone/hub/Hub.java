package inkstone.hub;

import inkstone.hub.Source.Local;
import inkstone.hub.Source.MavenArtifact;
import inkstone.hub.Source.Repository;
import inkstone.hub.Source.Web;
import inkstone.journal.Event;
import inkstone.journal.Noted;
import inkstone.journal.Pulled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Fetches models into a cache and finds them there. Immutable; several hubs, threads and processes
 * may use one cache at once.
 *
 * <p>Of the environment it reads {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code HF_HUB_OFFLINE},
 * {@code MODELSCOPE_ENDPOINT} (or {@code MODELSCOPE_DOMAIN}), {@code MODELSCOPE_API_TOKEN}, {@code
 * PATH} (for Maven) and the usual names of proxies.
 */
public final class Hub {

  private final Cache cache;
  private final Map<String, String> environment;
  private final boolean offline;
  private final Patience patience;
  private final Disk disk;

  private Hub(
      Cache cache, Map<String, String> environment, boolean offline, Patience patience, Disk disk) {
    this.cache = cache;
    this.environment = Map.copyOf(environment);
    this.offline = offline;
    this.patience = patience;
    this.disk = disk;
  }

  /**
   * A hub with its cache in this folder.
   *
   * @param environment variables, as {@link System#getenv()} gives them
   */
  public static Hub of(Path cache, Map<String, String> environment) {
    var offline = Optional.ofNullable(environment.get("HF_HUB_OFFLINE")).orElse("");
    return new Hub(
        new Cache(cache.toAbsolutePath()),
        environment,
        offline.matches("(?i)1|on|yes|true"),
        Patience.USUAL,
        Disk.REAL);
  }

  /**
   * The cache's usual folder: {@code INKSTONE_CACHE}, else {@code inkstone} in {@code
   * XDG_CACHE_HOME}, else {@code .cache/inkstone} in the user's home.
   */
  public static Path usualCache(Map<String, String> environment) {
    var own = Optional.ofNullable(environment.get("INKSTONE_CACHE")).filter(t -> !t.isBlank());
    var all = Optional.ofNullable(environment.get("XDG_CACHE_HOME")).filter(t -> !t.isBlank());
    return own.map(Path::of)
        .orElseGet(
            () ->
                all.map(Path::of)
                    .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                    .resolve("inkstone"));
  }

  /** The same hub, which never uses the network. */
  public Hub offline() {
    return new Hub(cache, environment, true, patience, disk);
  }

  /** For tests. */
  Hub with(Patience other, Disk otherDisk) {
    return new Hub(cache, environment, offline, other, otherDisk);
  }

  /**
   * Fetches what is missing of a model.
   *
   * @param events told of what happens, by this thread
   * @return the folder or the GGUF file to open
   * @throws HubException if it cannot be had; what was fetched is kept, and pulling again goes on
   */
  public Path pull(Source source, Consumer<Event> events) {
    var began = System.nanoTime();
    try {
      if (source instanceof Local local && LocalModel.find(local).isPresent()) {
        return LocalModel.find(local).orElseThrow();
      }
      if (offline && !(source instanceof Local)) {
        return find(source).orElseThrow(() -> missing(source));
      }
      Files.createDirectories(cache.root());
      try (var http = new Http(patience, environment)) {
        var retries = new Retries(patience, events);
        var work =
            new Work(
                cache,
                new Snapshots(cache),
                http,
                new Downloader(http, cache, patience, disk),
                retries,
                events,
                environment);
        var bytes = pull(source, work);
        var path =
            source instanceof Local local
                ? LocalModel.unpack(work, local)
                : find(source).orElseThrow(() -> missing(source));
        events.accept(
            new Pulled(
                source.toString(), path.toString(), bytes, (System.nanoTime() - began) / 1e9));
        return path;
      }
    } catch (IOException | UncheckedIOException e) {
      throw new HubException("%s: %s".formatted(source, e), e);
    }
  }

  private long pull(Source source, Work work) throws IOException {
    var json = new Json(work.http(), work.retries());
    return switch (source) {
      case Repository repository ->
          new RepositoryPull(
                  work,
                  repository.service() == Service.HUGGING_FACE
                      ? new HuggingFace(Endpoint.huggingFace(environment), json)
                      : new ModelScope(Endpoint.modelScope(environment), json),
                  repository)
              .run();
      case Web web ->
          new WebPull(
                  work,
                  List.of(Endpoint.huggingFace(environment), Endpoint.modelScope(environment)),
                  web)
              .run();
      case MavenArtifact artifact -> new MavenPull(work, artifact).run();
      case Local _ -> 0;
    };
  }

  /**
   * Reads what is in the cache of a source again, every byte, and removes files that are no longer
   * what was fetched: pulling again fetches them. (Otherwise a file that is there with its size is
   * taken for whole.)
   *
   * @param events told of each file that was removed
   */
  public void check(Source source, Consumer<Event> events) {
    var snapshots = new Snapshots(cache);
    try {
      var words = source.toString();
      var changed =
          switch (source) {
            case Repository r -> snapshots.check(RepositoryPull.place(r), r.revision(), words);
            case Web web -> snapshots.check(WebPull.place(web), Snapshots.CONTENT, words);
            case MavenArtifact a -> snapshots.check(MavenPull.place(a), Snapshots.CONTENT, words);
            case Local _ -> List.<String>of();
          };
      changed.forEach(
          file ->
              events.accept(
                  Noted.warning(
                      "%s is no longer what was fetched, and was removed"
                          .formatted(FileName.shown(file)))));
    } catch (IOException | UncheckedIOException e) {
      throw new HubException("%s: %s".formatted(source, e), e);
    }
  }

  /**
   * Finds a model that was fetched before, whole. Never uses the network.
   *
   * @return the folder or the GGUF file to open; empty if it is not here
   * @throws HubException if it is not clear which of several is meant, or a path is no model
   */
  public Optional<Path> find(Source source) {
    var snapshots = new Snapshots(cache);
    try {
      return switch (source) {
        case Repository repository -> RepositoryPull.find(snapshots, repository);
        case Web web -> WebPull.find(snapshots, web);
        case MavenArtifact artifact -> MavenPull.find(snapshots, artifact);
        case Local local -> LocalModel.find(local);
      };
    } catch (IOException | UncheckedIOException e) {
      throw new HubException("%s: %s".formatted(source, e), e);
    }
  }

  /**
   * The model of a source that must be here already.
   *
   * @throws HubException that says how to fetch it, if it is not
   */
  public Path get(Source source) {
    return find(source).orElseThrow(() -> missing(source));
  }

  /** A pattern as a shell needs it. */
  private static String quoted(String word) {
    return word.matches("[\\p{L}\\p{N}_./:@%+#=,-]+")
        ? word
        : "'" + word.replace("'", "'\\''") + "'";
  }

  private HubException missing(Source source) {
    return new HubException(
        "%s is not on this machine (looked in %s); fetch it with: ./inkstone pull %s"
            .formatted(source, cache.root(), quoted(source.toString())));
  }
}
