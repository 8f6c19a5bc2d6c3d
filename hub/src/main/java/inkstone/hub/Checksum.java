package inkstone.hub;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * What a file's bytes must sum up to.
 *
 * @param kind how they are summed up
 * @param hex lower-case hexadecimal digits
 */
record Checksum(Kind kind, String hex) {

  enum Kind {
    /** SHA-256 of the bytes: large files (Git LFS). */
    SHA256("sha256", 64),
    /** SHA-1 of {@code "blob <size>\0"} and the bytes: Git's name of a small file. */
    GIT_SHA1("git sha1", 40);

    private final String words;
    private final int digits;

    Kind(String words, int digits) {
      this.words = words;
      this.digits = digits;
    }
  }

  /** A checksum, if the text is one. */
  static Optional<Checksum> of(Kind kind, String hex) {
    return hex.matches("[0-9a-fA-F]{" + kind.digits + "}")
        ? Optional.of(new Checksum(kind, hex.toLowerCase(Locale.ROOT)))
        : Optional.empty();
  }

  static Checksum sha256(Path file) throws IOException {
    return of(Kind.SHA256, file);
  }

  /** The checksum that a file has. */
  static Checksum of(Kind kind, Path file) throws IOException {
    var digest =
        switch (kind) {
          case SHA256 -> digest("SHA-256");
          case GIT_SHA1 -> {
            var git = digest("SHA-1");
            git.update(("blob " + Files.size(file) + "\0").getBytes(US_ASCII));
            yield git;
          }
        };
    try (var in = Files.newInputStream(file)) {
      var buffer = new byte[1 << 18];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return new Checksum(kind, HexFormat.of().formatHex(digest.digest()));
  }

  static String sha256(String text) {
    return HexFormat.of()
        .formatHex(
            digest("SHA-256").digest(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  @Override
  public String toString() {
    return kind.words + " " + hex;
  }
}
