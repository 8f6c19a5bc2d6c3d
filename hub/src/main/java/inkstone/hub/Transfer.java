package inkstone.hub;

import inkstone.journal.Noted;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All tries to get the bytes of one file. What has come stays in its {@link Part}; a later try asks
 * for the rest only if it can be proved to be the rest of the same file.
 */
final class Transfer {

  private static final int BUFFER = 1 << 16;

  private final Http http;
  private final Patience patience;
  private final Disk disk;
  private final RemoteFile file;
  private final Part part;
  private final URI address;
  private final Endpoint endpoint;
  private final Progress progress;
  private Optional<Checksum> expected;

  Transfer(
      Http http,
      Patience patience,
      Disk disk,
      RemoteFile file,
      Part part,
      URI address,
      Endpoint endpoint,
      Progress progress) {
    this.http = http;
    this.patience = patience;
    this.disk = disk;
    this.file = file;
    this.part = part;
    this.address = address;
    this.endpoint = endpoint;
    this.progress = progress;
    this.expected = file.checksum();
  }

  /** Returns when the part is whole, with what it must sum up to. */
  Optional<Checksum> run() throws IOException {
    var size = file.size();
    if (size.isPresent() && part.size() > size.getAsLong()) {
      part.clear();
    }
    if (size.isPresent() && part.size() == size.getAsLong() && Files.exists(part.file())) {
      progress.at(part.size()); // killed just before the end
      return expected;
    }
    try {
      return new Retries(patience, progress.events())
          .run(
              file.path(),
              progress::fetched,
              () -> {
                try {
                  once();
                  return expected;
                } catch (Passing e) {
                  throw e;
                } catch (IOException e) {
                  throw new Unwritable(e);
                }
              });
    } catch (Unwritable e) {
      throw e.why;
    }
  }

  private void once() throws IOException {
    try (var answer = http.get(address, endpoint, range())) {
      answer
          .linked()
          .filter(sum -> expected.isEmpty())
          .ifPresent(sum -> expected = Optional.of(sum));
      if (answer.header("Content-Encoding").filter(c -> !c.equals("identity")).isPresent()) {
        throw new HubException(
            "%s packs %s although it was asked not to"
                .formatted(answer.address().getHost(), file.path()));
      }
      Formats.isPage(file.path(), answer.header("Content-Type"))
          .ifPresent(
              words -> {
                throw new HubException(answer.address() + " " + words);
              });
      switch (answer.status()) {
        case 206 -> {
          var at = answer.rangeStart();
          if (at != part.size()) {
            part.clear();
            throw new Passing(
                answer.address().getHost() + " sends another part than was asked for",
                Optional.empty());
          }
          read(answer, total(answer.rangeTotal(), answer.length(), at));
        }
        case 200 -> {
          if (part.size() > 0) {
            progress
                .events()
                .accept(
                    Noted.info(
                        file.path()
                            + " begins again: the server has a newer one, or sends whole files only"));
          }
          part.begin(answer.validator());
          read(answer, total(OptionalLong.empty(), answer.length(), 0));
        }
        case 416 -> {
          if (part.size() == 0 || answer.rangeTotal().orElse(-1) != part.size()) {
            part.clear();
            throw new Passing(answer.address().getHost() + " has no such part", Optional.empty());
          }
        }
        default ->
            throw new HubException(
                "%s answers %d to a plain request"
                    .formatted(answer.address().getHost(), answer.status()));
      }
    }
  }

  /** Asks for the rest only if it can be proved to be the rest of the same file. */
  private Map<String, String> range() throws IOException {
    var headers = new LinkedHashMap<String, String>();
    var validator = part.validator();
    if (part.size() > 0 && (!validator.isEmpty() || expected.isPresent())) {
      headers.put("Range", "bytes=" + part.size() + "-");
      if (!validator.isEmpty()) {
        headers.put("If-Range", validator);
      }
    }
    return headers;
  }

  /** Bytes of the whole file, from the list, the range or the length. */
  private OptionalLong total(OptionalLong range, OptionalLong length, long at) throws Passing {
    var told =
        range.isPresent() || length.isEmpty() ? range : OptionalLong.of(at + length.getAsLong());
    if (file.size().isPresent()
        && told.isPresent()
        && told.getAsLong() != file.size().getAsLong()) {
      throw new Passing(
          "%d bytes were listed and %d are sent"
              .formatted(file.size().getAsLong(), told.getAsLong()),
          Optional.empty());
    }
    return file.size().isPresent() ? file.size() : told;
  }

  private void read(Answer answer, OptionalLong total) throws IOException {
    progress.expect(total.orElse(0));
    var buffer = ByteBuffer.allocate(BUFFER);
    try (var out = disk.open(part.file(), StandardOpenOption.WRITE);
        var stall = new Stall(patience.stall(), answer)) {
      var at = out.size();
      out.position(at);
      for (int n = read(answer, stall, buffer); n >= 0; n = read(answer, stall, buffer)) {
        if (at + n > total.orElse(Long.MAX_VALUE)) {
          throw new HubException(
              "%s sends more of %s than the %d bytes it has"
                  .formatted(answer.address().getHost(), file.path(), total.getAsLong()));
        }
        write(out, buffer.clear().limit(n));
        at += n;
        progress.came(n);
        progress.at(at);
      }
      if (total.isPresent() && at < total.getAsLong()) {
        throw new Passing(
            "the connection to %s ended after %d of %d bytes"
                .formatted(answer.address().getHost(), at, total.getAsLong()),
            Optional.empty());
      }
      out.force(true);
    }
  }

  private int read(Answer answer, Stall stall, ByteBuffer buffer) throws Passing {
    try {
      var n = answer.body().read(buffer.array(), 0, buffer.capacity());
      stall.came();
      return n;
    } catch (IOException e) {
      if (stall.hungUp()) {
        throw new Passing(
            "%s sent nothing for %d s"
                .formatted(answer.address().getHost(), patience.stall().toSeconds()),
            e);
      }
      if (Thread.currentThread().isInterrupted() || e.getCause() instanceof InterruptedException) {
        throw Retries.interrupted(e);
      }
      throw Http.cut(answer.address(), e);
    }
  }

  private void write(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /** Carries an error of the disk past the retries, which are for the network's. */
  private static final class Unwritable extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient HubException why;

    Unwritable(IOException e) {
      super(e);
      why =
          new HubException(
              "cannot write: %s; what was fetched is kept. Make room, and run the same again"
                  .formatted(Optional.ofNullable(e.getMessage()).orElse(e.toString())),
              e);
    }
  }
}
