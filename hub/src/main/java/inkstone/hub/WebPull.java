package inkstone.hub;

import inkstone.hub.Source.Web;
import inkstone.journal.Noted;
import inkstone.journal.PullStarted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Fetches a file, or an archive and unpacks it, from an address. */
record WebPull(Work work, List<Endpoint> known, Web source) {

  private static final String VALIDATOR = "validator";

  static String place(Web source) {
    return "web/" + Checksum.sha256(source.address().toString()).substring(0, 32);
  }

  /** The file or the model in it, if it is here; no network is used. */
  static Optional<Path> find(Snapshots snapshots, Web source) throws IOException {
    var place = place(source);
    var id = snapshots.id(place, Snapshots.CONTENT);
    return source.sha256().isPresent() && !source.sha256().equals(id)
        ? Optional.empty()
        : snapshots.content(place, source.toString());
  }

  /** Fetches what is new and returns the number of bytes that came over the network. */
  long run() throws IOException {
    var name = name();
    Formats.checkName(name);
    var here = find(work.snapshots(), source);
    var place = place(source);
    // Where it is known who asks, that server may be told.
    var endpoint =
        known.stream()
            .filter(e -> e.owns(source.address()))
            .findFirst()
            .orElseGet(() -> Endpoint.anonymous(source.address()));
    try {
      if (here.isPresent() && (source.sha256().isPresent() || isSame(place, endpoint))) {
        return 0;
      }
      work.events().accept(new PullStarted(source.toString(), "", 1, 0, 0));
      var progress = new Progress(work.events(), 0);
      var checksum = source.sha256().flatMap(hex -> Checksum.of(Checksum.Kind.SHA256, hex));
      var file = new RemoteFile(name, OptionalLong.empty(), checksum);
      var blob = work.downloader().fetch(file, source.address(), endpoint, progress);
      keep(place, name, blob);
      return progress.fetched();
    } catch (Refusal e) {
      throw new HubException(
          switch (e.status()) {
            case 401, 403 ->
                "%s: %s. An address is asked without a token unless it is on a server whose token is set"
                    .formatted(source, e.getMessage());
            default -> source + ": " + e.getMessage();
          },
          e);
    }
  }

  private String name() {
    var name = FileName.last(Optional.ofNullable(source.address().getPath()).orElse(""));
    if (name.isEmpty()) {
      throw new HubException(source + " names no file; its path has to end with a file's name");
    }
    return FileName.check(name);
  }

  /** Asks the server whether it still has what is here. */
  private boolean isSame(String place, Endpoint endpoint) throws IOException {
    var note = work.cache().ref(place, VALIDATOR);
    var validator = Files.exists(note) ? Files.readString(note) : "";
    if (validator.isEmpty()) {
      return false;
    }
    var header = validator.startsWith("\"") ? "If-None-Match" : "If-Modified-Since";
    try {
      return work.retries()
          .run(
              source.address().getHost(),
              () -> 0,
              () -> {
                try (var answer =
                    work.http().get(source.address(), endpoint, Map.of(header, validator))) {
                  return answer.status() == 304;
                }
              });
    } catch (HubException e) {
      if (e.getCause() instanceof Passing) {
        work.events()
            .accept(Noted.warning(e.getMessage() + "; taking what is in the cache already"));
        return true;
      }
      throw e;
    }
  }

  private void keep(String place, String name, Downloader.Blob blob) throws IOException {
    var path = work.cache().blob(blob.sha256());
    if (Archive.Kind.of(name).isPresent()) {
      work.snapshots().unpack(place, blob.sha256(), source.toString(), path, name, work.events());
      Files.deleteIfExists(path); // unpacked, it would only be there twice
    } else {
      work.snapshots()
          .add(
              place,
              blob.sha256(),
              Snapshots.CONTENT,
              source.toString(),
              "",
              Map.of(name, new Manifest.Entry(blob.size(), blob.sha256())));
    }
    Cache.write(
        work.cache().ref(place, VALIDATOR), blob.validator().getBytes(StandardCharsets.UTF_8));
  }
}
