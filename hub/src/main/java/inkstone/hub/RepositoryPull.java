package inkstone.hub;

import inkstone.hub.Source.Repository;
import inkstone.journal.Noted;
import inkstone.journal.PullStarted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Fetches what a model needs of a repository. */
record RepositoryPull(Work work, Catalogue catalogue, Repository source) {

  static String place(Repository source) {
    return source.service().scheme() + "/" + source.id();
  }

  /** The folder or file, if it is here; no network is used. */
  static Optional<Path> find(Snapshots snapshots, Repository source) {
    var place = place(source);
    return snapshots
        .id(place, source.revision())
        .flatMap(id -> snapshots.find(place, id, whole(source), source.file()));
  }

  /** The source without its pattern. */
  private static String whole(Repository source) {
    return new Repository(source.service(), source.id(), source.revision(), Optional.empty())
        .toString();
  }

  /** Fetches what is missing and returns the number of bytes that came over the network. */
  long run() throws IOException {
    if (isPinned() && find(work.snapshots(), source).isPresent()) {
      return 0;
    }
    Listing listing;
    try {
      listing = catalogue.list(source);
    } catch (HubException e) {
      if (e.getCause() instanceof Passing && find(work.snapshots(), source).isPresent()) {
        work.events()
            .accept(Noted.warning(e.getMessage() + "; taking what is in the cache already"));
        return 0;
      }
      throw e;
    }
    var files =
        Selection.of(source, listing.files()).stream()
            .sorted(Comparator.comparingLong(file -> file.size().orElse(0)))
            .toList();
    return fetch(listing, files);
  }

  /** A commit never changes; a branch or a tag may. */
  private boolean isPinned() {
    return source.service() == Service.HUGGING_FACE && source.revision().matches("[0-9a-f]{40}");
  }

  private long fetch(Listing listing, List<RemoteFile> files) throws IOException {
    var place = place(source);
    var folder = work.cache().snapshot(place, listing.snapshot());
    var manifest = work.snapshots().manifest(place, listing.snapshot(), whole(source));
    var total = files.stream().mapToLong(file -> file.size().orElse(0)).sum();
    var missing = 0L;
    for (var file : files) {
      if (!manifest.isThere(folder, file.path())) {
        missing += missing(file);
      }
    }
    work.events()
        .accept(
            new PullStarted(
                whole(source), listing.snapshot(), files.size(), total, total - missing));
    work.downloader().checkRoom(work.cache().root(), missing);
    var progress = new Progress(work.events(), total);
    var entries = new LinkedHashMap<String, Manifest.Entry>();
    for (var file : files) {
      var known = manifest.files().get(file.path());
      if (known != null && manifest.isThere(folder, file.path())) {
        progress.present(known.size());
        entries.put(file.path(), known);
      } else {
        var blob = fetch(listing, file, progress);
        entries.put(file.path(), new Manifest.Entry(blob.size(), blob.sha256()));
      }
    }
    work.snapshots()
        .add(
            place,
            listing.snapshot(),
            source.revision(),
            whole(source),
            source.file().orElse(""),
            entries);
    return progress.fetched();
  }

  /** Bytes of a file that must come over the network. */
  private long missing(RemoteFile file) throws IOException {
    if (work.downloader().present(file).isPresent()) {
      return 0;
    }
    var key = file.checksum().map(Checksum::hex);
    var part = key.isPresent() ? new Part(work.cache().partial(key.get())).size() : 0;
    return Math.max(0, file.size().orElse(0) - part);
  }

  private Downloader.Blob fetch(Listing listing, RemoteFile file, Progress progress) {
    try {
      return work.downloader()
          .fetch(file, catalogue.address(source, listing, file), catalogue.endpoint(), progress);
    } catch (Refusal e) {
      throw catalogue.explained(source, e);
    }
  }
}
