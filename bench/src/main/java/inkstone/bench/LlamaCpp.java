package inkstone.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The programs of llama.cpp, built by whoever measures.
 *
 * @param home the folder that they lie in, or its parent; otherwise they are looked for on the path
 */
record LlamaCpp(Optional<Path> home) {

  static final String NAME = "llama.cpp";

  /** One of its programs, where there is one. */
  Optional<Path> program(String name) {
    var folders = new ArrayList<Path>();
    home.ifPresentOrElse(
        folder ->
            folders.addAll(List.of(folder, folder.resolve("bin"), folder.resolve("build/bin"))),
        () ->
            Stream.of(System.getenv().getOrDefault("PATH", "").split(java.io.File.pathSeparator))
                .map(Path::of)
                .forEach(folders::add));
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** That there is no such program, in words. */
  String lacks(String name) {
    return "no program %s %s"
        .formatted(name, home.map(folder -> "in " + folder).orElse("on the path"));
  }

  /** Why there is no such program, in one line. */
  String missing(String name) {
    return "the peer (%s): %s; build llama.cpp and name its folder by --peer-home DIR"
            .formatted(NAME, lacks(name))
        + Arrival.ALONE;
  }
}
