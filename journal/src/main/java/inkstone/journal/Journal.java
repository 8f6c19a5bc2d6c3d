package inkstone.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;

/**
 * The writer of a run's {@code run.jsonl}: every event becomes one line, appended in one call, so
 * that a killed process leaves at most one cut last line. Opening the file again mends such a line.
 *
 * <p>One process writes a journal at a time; a second one is refused. Safe for use by several
 * threads: lines never mix, and listeners are told in the order of the file.
 */
public final class Journal implements AutoCloseable {

  /** Name of the file in the folder of a run. */
  public static final String FILE = "run.jsonl";

  private final Path file;
  private final FileChannel channel;
  private final Clock clock;
  private final List<Consumer<Recorded>> listeners;

  private Journal(Path file, FileChannel channel, Clock clock, List<Consumer<Recorded>> listeners) {
    this.file = file;
    this.channel = channel;
    this.clock = clock;
    this.listeners = listeners;
  }

  /**
   * Opens the journal of a run folder for appending; makes folder and file where they are missing.
   *
   * @param listeners told of every event after it is written, for example a terminal
   * @throws JournalException if the file cannot be written, or another process writes it
   */
  @SafeVarargs
  public static Journal open(Path runFolder, Consumer<Recorded>... listeners) {
    return open(runFolder, Clock.systemUTC(), List.of(listeners));
  }

  static Journal open(Path runFolder, Clock clock, List<Consumer<Recorded>> listeners) {
    var file = runFolder.resolve(FILE);
    FileChannel channel;
    try {
      Files.createDirectories(runFolder);
      channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new JournalException("cannot open " + file + " for writing: " + e, e);
    }
    try {
      lock(file, channel);
      var cut = mend(channel);
      var journal = new Journal(file, channel, clock, List.copyOf(listeners));
      if (cut > 0) {
        journal.emit(Noted.warning("removed a cut last line of " + cut + " bytes from " + file));
      }
      return journal;
    } catch (IOException | RuntimeException e) {
      try {
        channel.close();
      } catch (IOException closing) {
        e.addSuppressed(closing);
      }
      throw e instanceof JournalException mine
          ? mine
          : new JournalException("cannot open " + file + " for writing: " + e, e);
    }
  }

  /** Locks a byte far behind the content: on Windows a locked byte could not be read. */
  private static void lock(Path file, FileChannel channel) throws IOException {
    try {
      if (channel.tryLock(Long.MAX_VALUE - 1, 1, false) != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process; the same refusal.
    }
    throw new JournalException(
        "another run is writing " + file + "; wait for it or choose another folder");
  }

  /** Ends the file with a whole line and returns the number of bytes that had to go. */
  private static long mend(FileChannel channel) throws IOException {
    var size = channel.size();
    var end = endOfLastLine(channel, size);
    if (end < size) {
      var tail = ByteBuffer.allocate(Math.toIntExact(size - end));
      while (tail.hasRemaining() && channel.read(tail, end + tail.position()) > 0) {}
      var text = new String(tail.array(), StandardCharsets.UTF_8);
      if (Lines.read(text, EventTypes.standard()).isPresent()) {
        channel.position(size);
        channel.write(ByteBuffer.wrap(new byte[] {'\n'}));
        return 0;
      }
      channel.truncate(end);
    }
    channel.position(end);
    return size - end;
  }

  private static long endOfLastLine(FileChannel channel, long size) throws IOException {
    var block = ByteBuffer.allocate(8192);
    for (var high = size; high > 0; ) {
      var low = Math.max(0, high - block.capacity());
      block.clear().limit(Math.toIntExact(high - low));
      while (block.hasRemaining() && channel.read(block, low + block.position()) > 0) {}
      for (var i = block.position() - 1; i >= 0; i--) {
        if (block.get(i) == '\n') {
          return low + i + 1;
        }
      }
      high = low;
    }
    return 0;
  }

  /**
   * Writes an event, then tells the listeners.
   *
   * @throws JournalException if it cannot be written; the file then ends with the last whole line
   */
  public synchronized void emit(Event event) {
    var recorded = new Recorded(clock.instant().truncatedTo(ChronoUnit.MILLIS), event);
    var line = ByteBuffer.wrap((Lines.write(recorded) + '\n').getBytes(StandardCharsets.UTF_8));
    try {
      var start = channel.position();
      try {
        while (line.hasRemaining()) {
          channel.write(line);
        }
      } catch (IOException e) {
        cutBack(start, e);
        throw e;
      }
    } catch (IOException e) {
      throw new JournalException("cannot write to " + file + ": " + e, e);
    }
    for (var listener : listeners) {
      listener.accept(recorded);
    }
  }

  private void cutBack(long size, IOException cause) {
    try {
      channel.truncate(size);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /** Syncs and closes the file. Closing twice does nothing more. */
  @Override
  public synchronized void close() {
    try {
      if (channel.isOpen()) {
        channel.force(true);
        channel.close();
      }
    } catch (IOException e) {
      throw new JournalException("cannot close " + file + ": " + e, e);
    }
  }
}
