package inkstone.hub;

import inkstone.journal.Downloaded;
import inkstone.journal.Noted;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Fetches files into the cache's blobs. What has come is kept whatever happens, and the next try,
 * in this process or another, goes on behind it.
 */
final class Downloader {

  private final Http http;
  private final Cache cache;
  private final Patience patience;
  private final Disk disk;

  Downloader(Http http, Cache cache, Patience patience, Disk disk) {
    this.http = http;
    this.cache = cache;
    this.patience = patience;
    this.disk = disk;
  }

  /**
   * A file's bytes in the cache.
   *
   * @param validator what its server called this version of it, or nothing
   */
  record Blob(String sha256, long size, String validator) {}

  /**
   * The blob of a file, fetched if it is not here.
   *
   * @throws HubException if it cannot be fetched, or is not what it should be
   * @throws Refusal if the server refuses it
   */
  Blob fetch(RemoteFile file, URI address, Endpoint endpoint, Progress progress) {
    var key =
        file.checksum()
            .map(Checksum::hex)
            .orElseGet(() -> "url-" + Checksum.sha256(address.toString()));
    progress.begin(file.path());
    try (var lock =
        Held.take(
            cache.lock("partial/" + key),
            () ->
                progress
                    .events()
                    .accept(Noted.info("somebody else fetches " + file.path() + "; waiting")))) {
      var present = present(file);
      if (present.isPresent()) {
        progress.present(present.get().size());
        return present.get();
      }
      return fetch(file, new Part(cache.partial(key)), address, endpoint, progress);
    } catch (IOException e) {
      throw new HubException("%s: %s".formatted(cache.root(), e), e);
    }
  }

  /** The blob of a file whose SHA-256 is known, if it is here. */
  Optional<Blob> present(RemoteFile file) throws IOException {
    var sha256 = file.checksum().filter(sum -> sum.kind() == Checksum.Kind.SHA256);
    if (sha256.isEmpty()) {
      return Optional.empty();
    }
    var blob = cache.blob(sha256.get().hex());
    if (!Files.isRegularFile(blob)) {
      return Optional.empty();
    }
    var size = Files.size(blob);
    // Only a disk that lost power could cut a blob.
    return file.size().orElse(size) == size
        ? Optional.of(new Blob(sha256.get().hex(), size, ""))
        : Optional.empty();
  }

  private Blob fetch(RemoteFile file, Part part, URI address, Endpoint endpoint, Progress progress)
      throws IOException {
    var began = System.nanoTime();
    var resumed = part.size() > 0;
    while (true) {
      var transfer = new Transfer(http, patience, disk, file, part, address, endpoint, progress);
      var expected = transfer.run();
      var sha256 = Checksum.sha256(part.file());
      var actual =
          expected.filter(sum -> sum.kind() == Checksum.Kind.GIT_SHA1).isPresent()
              ? Checksum.of(Checksum.Kind.GIT_SHA1, part.file())
              : sha256;
      if (expected.isPresent() && !expected.get().equals(actual)) {
        part.clear();
        var words =
            "%s has %s and should have %s; the file was removed"
                .formatted(file.path(), actual, expected.get().hex());
        if (!resumed) {
          throw new HubException(
              words + ". The server or somebody on the way sends other bytes than were listed");
        }
        progress
            .events()
            .accept(Noted.warning(words + ", and is fetched again from its beginning"));
        resumed = false;
        continue;
      }
      try {
        Formats.checkContent(file.path(), part.file());
      } catch (HubException e) {
        part.clear();
        throw e;
      }
      var size = part.size();
      var validator = part.validator();
      part.moveTo(cache.blob(sha256.hex()));
      progress.end();
      progress
          .events()
          .accept(
              new Downloaded(
                  file.path(),
                  size,
                  sha256.hex(),
                  expected.isPresent(),
                  (System.nanoTime() - began) / 1e9));
      return new Blob(sha256.hex(), size, validator);
    }
  }

  /** Refuses to begin what the disk has no room for. */
  void checkRoom(Path folder, long bytes) throws IOException {
    var free = Files.getFileStore(folder).getUsableSpace();
    if (bytes > free) {
      throw new HubException(
          "%s has room for %,d bytes and %,d are missing; make room, or name another folder by"
                  .formatted(folder, free, bytes)
              + " INKSTONE_CACHE");
    }
  }
}
