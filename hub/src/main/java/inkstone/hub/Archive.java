package inkstone.hub;

import inkstone.journal.Event;
import inkstone.journal.Noted;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Unpacks archives that nobody has looked at: no entry leaves the folder, no links, no devices, no
 * more bytes than an archive of that size should have, no pickles.
 */
final class Archive {

  /** Weights hardly shrink; text shrinks to a tenth, numbers in words to a thirtieth. */
  private static final long MOST_TIMES = 100;

  private static final long ALWAYS_ALLOWED = 256L << 20;
  private static final int MOST_ENTRIES = 20_000;

  /** Between two entries of a tar: headers, and long names that have entries of their own. */
  private static final long HEADERS = 1 << 20;

  enum Kind {
    ZIP,
    TAR,
    TAR_GZ;

    /** The kind that a name says. */
    static Optional<Kind> of(String name) {
      var lower = name.toLowerCase(Locale.ROOT);
      return lower.matches(".*\\.(zip|jar)")
          ? Optional.of(ZIP)
          : lower.matches(".*\\.(tar\\.gz|tgz)")
              ? Optional.of(TAR_GZ)
              : lower.endsWith(".tar") ? Optional.of(TAR) : Optional.empty();
    }
  }

  private final String name;
  private final Path into;
  private final Consumer<Event> events;
  private long left;
  private int entries;

  private Archive(String name, Path into, long allowed, Consumer<Event> events) {
    this.name = name;
    this.into = into;
    this.left = allowed;
    this.events = events;
  }

  /**
   * Unpacks an archive into a folder that is not there yet.
   *
   * @param name for messages
   * @throws HubException if it is broken, or one of its entries is not to be trusted; what was
   *     unpacked before is left to the caller to remove
   */
  static void unpack(Path archive, Kind kind, String name, Path into, Consumer<Event> events) {
    try {
      Files.createDirectories(into);
      var allowed = Math.max(ALWAYS_ALLOWED, Math.multiplyExact(MOST_TIMES, Files.size(archive)));
      var work = new Archive(name, into.toRealPath(), allowed, events);
      switch (kind) {
        case ZIP -> work.zip(archive);
        case TAR, TAR_GZ -> work.tar(archive, kind);
      }
    } catch (IOException | IllegalArgumentException | ArithmeticException e) {
      throw new HubException(
          "%s cannot be unpacked: %s"
              .formatted(name, FileName.shown(String.valueOf(e.getMessage()))),
          e);
    }
  }

  private void zip(Path archive) throws IOException {
    try (var zip = new ZipFile(archive.toFile())) {
      for (var all = zip.entries(); all.hasMoreElements(); ) {
        var entry = all.nextElement();
        count();
        if (entry.isDirectory()) {
          folder(entry.getName());
        } else if (isWanted(entry.getName())) {
          try (var in = zip.getInputStream(entry)) {
            file(entry.getName(), in);
          }
        }
      }
    }
  }

  private void tar(Path archive, Kind kind) throws IOException {
    try (var raw = new BufferedInputStream(Files.newInputStream(archive));
        var metered = new Metered(kind == Kind.TAR ? raw : new GZIPInputStream(raw, 1 << 16));
        var tar = new TarArchiveInputStream(metered, "UTF-8")) {
      metered.allow(HEADERS);
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        count();
        metered.allow(left + HEADERS);
        entry(entry, tar);
        metered.allow(HEADERS);
      }
    }
  }

  private void entry(TarArchiveEntry entry, InputStream tar) throws IOException {
    var path = entry.getName().replaceFirst("^(\\./)+", "");
    if (entry.isDirectory()) {
      if (!path.isEmpty()) {
        folder(path);
      }
    } else if (!isPlain(entry)) {
      throw new HubException(
          "%s holds %s, which is a link or a device and no file; it is refused"
              .formatted(name, SourceText.quoted(path)));
    } else if (isWanted(path)) {
      file(path, tar);
    } else {
      take(tar.transferTo(java.io.OutputStream.nullOutputStream()));
    }
  }

  /** Only files: no links, devices, pipes, files with holes, and nothing that is not known yet. */
  private static boolean isPlain(TarArchiveEntry entry) {
    return switch (entry.getLinkFlag()) {
      case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG ->
          !entry.isSparse();
      default -> false;
    };
  }

  private void count() {
    if (++entries > MOST_ENTRIES) {
      throw new HubException(
          "%s holds more than %,d entries; it is refused".formatted(name, MOST_ENTRIES));
    }
  }

  private void take(long bytes) {
    left -= bytes;
    if (left < 0) {
      throw new HubException(
          "%s expands to more than %d times its size; it is refused".formatted(name, MOST_TIMES));
    }
  }

  private boolean isWanted(String path) {
    if (Formats.ends(path, ".class")) {
      return false;
    }
    if (Formats.isPickle(path)) {
      events.accept(
          Noted.warning(
              "%s: %s is left out; a pickle can run any program when it is opened"
                  .formatted(name, FileName.shown(path))));
      return false;
    }
    return true;
  }

  private void folder(String path) throws IOException {
    Files.createDirectories(inside(path.replaceFirst("/+$", "")));
  }

  private void file(String path, InputStream in) throws IOException {
    var target = inside(path);
    Files.createDirectories(target.getParent());
    try (var out =
        Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      var buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        take(n);
        out.write(buffer, 0, n);
      }
    }
    Formats.checkContent(path, target);
  }

  private Path inside(String path) {
    try {
      var target = into.resolve(FileName.check(path)).normalize();
      if (target.startsWith(into) && !target.equals(into)) {
        return target;
      }
    } catch (HubException e) {
      throw new HubException(name + ": " + e.getMessage(), e);
    }
    throw new HubException(name + ": " + SourceText.quoted(path) + " leads out of its folder");
  }
}
