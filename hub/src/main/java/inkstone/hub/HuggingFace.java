package inkstone.hub;

import inkstone.hub.Source.Repository;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/**
 * The API of huggingface.co and of servers that answer alike: {@code /api/models/ID/revision/REV},
 * {@code /api/models/ID/tree/SHA}, {@code /ID/resolve/SHA/FILE} (Hub API endpoints, Hugging Face
 * documentation).
 */
record HuggingFace(Endpoint endpoint, Json json) implements Catalogue {

  /** Pages of a list; each has up to a thousand files. */
  private static final int PAGES = 100;

  @Override
  public Listing list(Repository source) {
    var id = Endpoint.encodedPath(source.id());
    JsonNode info;
    try {
      info =
          json.get(
                  endpoint.at(
                      "/api/models/" + id + "/revision/" + Endpoint.encoded(source.revision())),
                  endpoint)
              .body();
    } catch (Refusal e) {
      throw explained(source, e);
    }
    var commit = Json.text(info, "sha");
    if (!commit.matches("[0-9a-f]{7,64}")) {
      throw new HubException(endpoint.address() + " names no commit of " + source);
    }
    try {
      return new Listing(commit, commit, tree(id, commit));
    } catch (Refusal e) {
      throw explained(source, e);
    }
  }

  private List<RemoteFile> tree(String id, String commit) {
    var files = new ArrayList<RemoteFile>();
    var address = endpoint.at("/api/models/" + id + "/tree/" + commit + "?recursive=true");
    for (int page = 0; page < PAGES; page++) {
      var answer = json.get(address, endpoint);
      for (var entry : answer.body()) {
        if (Json.text(entry, "type").equals("file") && FileName.isTaken(Json.text(entry, "path"))) {
          files.add(file(entry));
        }
      }
      if (answer.next().isEmpty()) {
        return files;
      }
      address = next(address, answer.next());
    }
    throw new HubException("the list of files goes on after %d pages".formatted(PAGES));
  }

  /** The next page on the same server: a mirror may pass on the links of what it mirrors. */
  private URI next(URI address, String link) {
    try {
      var next = address.resolve(link);
      return endpoint.owns(next) ? next : endpoint.at(next.getRawPath() + "?" + next.getRawQuery());
    } catch (IllegalArgumentException e) {
      throw new HubException(endpoint.address() + " continues its list of files nowhere", e);
    }
  }

  private static RemoteFile file(JsonNode entry) {
    var large = entry.path("lfs");
    return large.isObject()
        ? new RemoteFile(
            Json.text(entry, "path"),
            size(large, entry),
            Checksum.of(Checksum.Kind.SHA256, Json.text(large, "oid")))
        : new RemoteFile(
            Json.text(entry, "path"),
            Json.size(entry, "size"),
            Checksum.of(Checksum.Kind.GIT_SHA1, Json.text(entry, "oid")));
  }

  private static OptionalLong size(JsonNode large, JsonNode entry) {
    var size = Json.size(large, "size");
    return size.isPresent() ? size : Json.size(entry, "size");
  }

  @Override
  public URI address(Repository source, Listing listing, RemoteFile file) {
    return endpoint.at(
        "/%s/resolve/%s/%s"
            .formatted(
                Endpoint.encodedPath(source.id()),
                listing.revision(),
                Endpoint.encodedPath(file.path())));
  }

  @Override
  public HubException explained(Repository source, Refusal refusal) {
    var page = endpoint.address() + "/" + source.id();
    var gated = refusal.code().equals("GatedRepo");
    return new HubException(
        switch (refusal.status()) {
          case 401, 403 ->
              "%s may not be read (%s). %s"
                  .formatted(
                      source,
                      refusal.getMessage(),
                      endpoint.hasToken()
                          ? gated
                              ? "Its owner asks for consent: give it at %s with the account whose token is in HF_TOKEN"
                                  .formatted(page)
                              : "The token in HF_TOKEN is wrong or has no right to read it; without one, unset it"
                          : gated
                              ? "Its owner asks for consent: give it at %s, make a token that may read, and set HF_TOKEN"
                                  .formatted(page)
                              // This service answers so for what does not exist, too.
                              : "It is private or does not exist; "
                                  + similar(source)
                                  + ". Where it is private, set HF_TOKEN");
          case 404 ->
              refusal.code().equals("RevisionNotFound")
                  ? "%s has no revision '%s'; %s"
                      .formatted(source.id(), source.revision(), revisions(source))
                  : "%s does not exist on %s; %s"
                      .formatted(source, endpoint.address().getHost(), similar(source));
          default -> source + ": " + refusal.getMessage();
        },
        refusal);
  }

  /** Repositories with like names. Only a help: where it fails nothing is said of it. */
  private String similar(Repository source) {
    var name = FileName.last(source.id());
    return names("/api/models?limit=20&search=" + Endpoint.encoded(name), "id")
        .filter(ids -> !ids.isEmpty())
        .map(ids -> Names.nearest(source.id(), ids, 3))
        .orElse("look for its name at " + endpoint.address());
  }

  private String revisions(Repository source) {
    return names("/api/models/" + Endpoint.encodedPath(source.id()) + "/refs", "name")
        .filter(names -> !names.isEmpty())
        .map(names -> Names.nearest(source.revision(), names, 5))
        .orElse("look at " + endpoint.address() + "/" + source.id());
  }

  private Optional<List<String>> names(String path, String key) {
    return json.glance(endpoint.at(path), endpoint)
        .map(
            body ->
                body.findValues(key).stream()
                    .filter(JsonNode::isString)
                    .map(JsonNode::stringValue)
                    .toList());
  }
}
