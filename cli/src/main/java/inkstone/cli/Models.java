package inkstone.cli;

import inkstone.generate.LanguageModel;
import inkstone.hub.Hub;
import inkstone.hub.Source;
import inkstone.tensor.KvType;
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

  /** Opens it, with keys and values kept as {@code cache} says. */
  static LanguageModel open(String name, KvType cache) {
    return LanguageModel.open(path(name)).cache(cache);
  }

  static Hub hub() {
    var environment = System.getenv();
    return Hub.of(Hub.usualCache(environment), environment);
  }
}
