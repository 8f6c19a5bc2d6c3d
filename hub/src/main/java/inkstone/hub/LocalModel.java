package inkstone.hub;

import inkstone.hub.Source.Local;
import inkstone.journal.PullStarted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A model that is on this machine already: looked at, and used where it is. */
final class LocalModel {

  private LocalModel() {}

  /** The folder or file to open; empty for an archive, which is to be unpacked first. */
  static Optional<Path> find(Local source) throws IOException {
    var path = source.path();
    var name = path.toString();
    if (Files.isDirectory(path)) {
      return Optional.of(inFolder(path));
    }
    if (!Files.exists(path)) {
      throw new HubException(
          "there is no %s; a source that is not on this machine begins with hf:, modelscope:, maven: or https:"
              .formatted(name));
    }
    if (Archive.Kind.of(name).isPresent()) {
      return Optional.empty();
    }
    Formats.checkName(name);
    try {
      Formats.checkContent(name, path);
    } catch (HubException e) { // that of the user stays where it is
      throw new HubException(
          String.valueOf(e.getMessage()).replaceAll("(?i)(; |\\. )it was removed", ""), e);
    }
    if (Formats.ends(name, ".gguf")) {
      return Optional.of(path);
    }
    if (Formats.ends(name, ".safetensors")
        && Files.exists(path.toAbsolutePath().resolveSibling("config.json"))) {
      return Optional.ofNullable(path.toAbsolutePath().getParent());
    }
    throw new HubException(
        name + " is no model; name a folder with config.json and safetensors, or a GGUF file");
  }

  private static Path inFolder(Path folder) throws IOException {
    var models = ModelFolder.models(folder, 1);
    if (!models.isEmpty()) {
      return ModelFolder.find(folder.toString(), folder, 1);
    }
    try (var files = Files.list(folder)) {
      files.map(file -> file.getFileName().toString()).sorted().forEach(Formats::checkName);
    }
    throw new HubException(
        folder + " holds no model: no config.json beside safetensors, and no GGUF file");
  }

  /** The model in an archive of this machine, unpacked into the cache. */
  static Path unpack(Work work, Local source) throws IOException {
    var name = String.valueOf(source.path().getFileName());
    var sha256 = Checksum.sha256(source.path()).hex();
    work.events()
        .accept(new PullStarted(source.toString(), sha256, 1, Files.size(source.path()), 0));
    var place = "file/" + sha256.substring(0, 32);
    work.snapshots().unpack(place, sha256, source.toString(), source.path(), name, work.events());
    return work.snapshots().content(place, source.toString()).orElseThrow();
  }
}
