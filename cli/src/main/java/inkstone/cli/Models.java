package inkstone.cli;

import inkstone.hub.Hub;
import inkstone.hub.Source;
import java.nio.file.Path;

/** The model that a user named: a path, or a source that was pulled before. */
final class Models {

  private Models() {}

  /**
   * The folder or file to open. The network is not used.
   *
   * @throws inkstone.hub.HubException if it is a source that is not in the cache
   */
  static Path path(String name) {
    return Source.hasScheme(name) ? hub().get(Source.parse(name)) : Path.of(name);
  }

  static Hub hub() {
    var environment = System.getenv();
    return Hub.of(Hub.usualCache(environment), environment);
  }
}
