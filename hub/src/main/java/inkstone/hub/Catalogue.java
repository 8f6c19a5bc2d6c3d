package inkstone.hub;

import inkstone.hub.Source.Repository;
import java.net.URI;

/** How a service is asked: which files a repository has, and where each of them is. */
sealed interface Catalogue permits HuggingFace, ModelScope {

  /** The server. */
  Endpoint endpoint();

  /**
   * The files of a repository.
   *
   * @throws HubException if there is no such repository or revision, or it may not be read
   */
  Listing list(Repository source);

  /** Where a file of a listing is. */
  URI address(Repository source, Listing listing, RemoteFile file);

  /** What a refusal means, in words, and what to do. */
  HubException explained(Repository source, Refusal refusal);
}
