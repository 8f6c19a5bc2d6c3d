package inkstone.hub;

import inkstone.hub.Source.MavenArtifact;
import inkstone.journal.PullStarted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Fetches an artifact by Maven and unpacks it. */
record MavenPull(Work work, MavenArtifact source) {

  static String place(MavenArtifact source) {
    var name = source.version() + (source.classifier().isEmpty() ? "" : "-" + source.classifier());
    return "maven/" + source.group() + "/" + source.artifact() + "/" + name + "." + source.type();
  }

  static Optional<Path> find(Snapshots snapshots, MavenArtifact source) throws IOException {
    return snapshots.content(place(source), source.toString());
  }

  /** Fetches the artifact if it is not here and returns its bytes. */
  long run() throws IOException {
    var isFixed = !source.version().endsWith("-SNAPSHOT");
    if (isFixed && find(work.snapshots(), source).isPresent()) {
      return 0;
    }
    work.events().accept(new PullStarted(source.toString(), "", 1, 0, 0));
    var folder = Cache.beside(work.cache().partial("maven"));
    try {
      var file = Maven.fetch(source, folder, work.environment());
      var size = Files.size(file);
      keep(file);
      return size;
    } finally {
      Cache.delete(folder);
    }
  }

  private void keep(Path file) throws IOException {
    var name = file.getFileName().toString();
    Formats.checkName(name);
    var sha256 = Checksum.sha256(file).hex();
    if (Archive.Kind.of(name).isPresent()) {
      work.snapshots().unpack(place(source), sha256, source.toString(), file, name, work.events());
      return;
    }
    Formats.checkContent(name, file);
    var size = Files.size(file);
    new Part(file).moveTo(work.cache().blob(sha256));
    work.snapshots()
        .add(
            place(source),
            sha256,
            Snapshots.CONTENT,
            source.toString(),
            "",
            Map.of(name, new Manifest.Entry(size, sha256)));
  }
}
