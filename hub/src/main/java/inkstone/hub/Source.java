package inkstone.hub;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Where a model comes from. {@code toString} gives the text that {@link #parse} reads. */
public sealed interface Source {

  /**
   * A repository of models.
   *
   * @param service who keeps it
   * @param id {@code organisation/name}; old ones are a name alone
   * @param revision branch, tag or commit
   * @param file which of its files: a path or a pattern with {@code *} and {@code ?}; empty for a
   *     whole model
   */
  record Repository(Service service, String id, String revision, Optional<String> file)
      implements Source {

    /** The same repository, and of it what this pattern matches. */
    public Repository file(String pattern) {
      return SourceText.checked(new Repository(service, id, revision, Optional.of(pattern)));
    }

    @Override
    public String toString() {
      return SourceText.of(this);
    }
  }

  /**
   * An artifact of a Maven repository: a jar or an archive with a model in it.
   *
   * @param group group id
   * @param artifact artifact id
   * @param version one version, no range
   * @param type file name extension, {@code jar} as a rule
   * @param classifier part of the file name; empty for none
   */
  record MavenArtifact(
      String group, String artifact, String version, String type, String classifier)
      implements Source {

    @Override
    public String toString() {
      return SourceText.of(this);
    }
  }

  /**
   * A file or an archive behind an address.
   *
   * @param address where it is
   * @param sha256 checksum that the file must have, 64 hexadecimal digits, where one is known
   */
  record Web(URI address, Optional<String> sha256) implements Source {
    @Override
    public String toString() {
      return SourceText.of(this);
    }
  }

  /** A folder or a file of this machine. */
  record Local(Path path) implements Source {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /**
   * Reads {@code hf:org/name[@revision][/file]}, {@code modelscope:org/name[@revision][/file]},
   * {@code maven:group:artifact:version[:type[:classifier]]}, {@code https://...[#sha256=...]};
   * anything else is a path.
   *
   * @throws HubException if it is none of these; the message says what was expected
   */
  static Source parse(String text) {
    return SourceText.parse(text);
  }

  /** Whether a text is a source by its scheme, and no path. */
  static boolean hasScheme(String text) {
    return SourceText.hasScheme(text);
  }
}
