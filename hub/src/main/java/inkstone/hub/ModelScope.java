package inkstone.hub;

import inkstone.hub.Source.Repository;
import java.net.URI;
import java.util.ArrayList;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * The API of modelscope.cn: {@code /api/v1/models/ID/repo/files} and {@code
 * /api/v1/models/ID/repo}, as its Python client asks them. The list of files names no commit, so a
 * snapshot is named after the list's checksum.
 */
record ModelScope(Endpoint endpoint, Json json) implements Catalogue {

  @Override
  public Listing list(Repository source) {
    JsonNode answer;
    try {
      answer =
          json.get(
                  endpoint.at(
                      "/api/v1/models/%s/repo/files?Revision=%s&Recursive=true"
                          .formatted(
                              Endpoint.encodedPath(source.id()),
                              Endpoint.encoded(source.revision()))),
                  endpoint)
              .body();
    } catch (Refusal e) {
      throw explained(source, e);
    }
    var list = answer.path("Data").path("Files");
    if (!list.isArray()) {
      throw new HubException(
          "%s lists no files of %s: %s"
              .formatted(
                  endpoint.address().getHost(),
                  source,
                  FileName.shown(Json.text(answer, "Message"))));
    }
    var files = new ArrayList<RemoteFile>();
    for (var entry : list) {
      var path = Json.text(entry, "Path");
      if (Json.text(entry, "Type").equals("blob") && FileName.isTaken(path)) {
        files.add(
            new RemoteFile(
                path,
                Json.size(entry, "Size"),
                Checksum.of(Checksum.Kind.SHA256, Json.text(entry, "Sha256"))));
      }
    }
    return new Listing(checksum(files), source.revision(), files);
  }

  private static String checksum(ArrayList<RemoteFile> files) {
    return Checksum.sha256(
            files.stream().map(RemoteFile::toString).sorted().collect(Collectors.joining("\n")))
        .substring(0, 40);
  }

  @Override
  public URI address(Repository source, Listing listing, RemoteFile file) {
    return endpoint.at(
        "/api/v1/models/%s/repo?Revision=%s&FilePath=%s"
            .formatted(
                Endpoint.encodedPath(source.id()),
                Endpoint.encoded(listing.revision()),
                Endpoint.encoded(file.path())));
  }

  @Override
  public HubException explained(Repository source, Refusal refusal) {
    return new HubException(
        switch (refusal.status()) {
          case 401, 403 ->
              "%s may not be read (%s); %s"
                  .formatted(
                      source,
                      refusal.getMessage(),
                      endpoint.hasToken()
                          ? "the token in MODELSCOPE_API_TOKEN is wrong or has no right to read it"
                          : "where it is private, set MODELSCOPE_API_TOKEN");
          case 404 ->
              "%s does not exist on %s; look for its name, its revision, and that it is a model"
                  .formatted(source, endpoint.address().getHost());
          default -> source + ": " + refusal.getMessage();
        },
        refusal);
  }
}
