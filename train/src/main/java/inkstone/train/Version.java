package inkstone.train;

/** The project's version, as the journal tells it. */
final class Version {

  static final String NUMBER = "0.1.0";

  private Version() {}
}
