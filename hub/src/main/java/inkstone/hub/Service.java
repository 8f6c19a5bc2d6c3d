package inkstone.hub;

/** A public service that keeps models in repositories. */
public enum Service {
  /** Hugging Face, and servers that answer as it does. */
  HUGGING_FACE("hf", "main"),
  /** ModelScope. */
  MODELSCOPE("modelscope", "master");

  private final String scheme;
  private final String revision;

  Service(String scheme, String revision) {
    this.scheme = scheme;
    this.revision = revision;
  }

  /** What a source of this service begins with, without the colon. */
  public String scheme() {
    return scheme;
  }

  /** The branch that is meant where none is named. */
  public String usualRevision() {
    return revision;
  }
}
