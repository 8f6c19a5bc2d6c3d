package inkstone.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.BiFunction;

/**
 * A file that is written as {@code NAME.partial} beside its target, synced, and renamed over it: a
 * reader sees the old file or the new one and nothing between. Where writing fails, or nobody
 * commits, the partial file goes and the old one stays.
 */
final class SafeFile implements AutoCloseable {

  private static final int CHUNK = 1 << 20;

  private final Path target;
  private final Path partial;
  private final FileChannel channel;
  private final BiFunction<String, Throwable, RuntimeException> error;
  private boolean open = true;

  /** How the partial file is opened; a test puts a full disk here. */
  @FunctionalInterface
  interface Opener {
    /** The usual way. */
    Opener USUAL =
        path -> FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);

    FileChannel open(Path path) throws IOException;
  }

  private SafeFile(
      Path target, FileChannel channel, BiFunction<String, Throwable, RuntimeException> error) {
    this.target = target;
    this.partial = partial(target);
    this.channel = channel;
    this.error = error;
  }

  /**
   * Starts an empty file and locks it.
   *
   * @param error makes the exception of a message and its cause
   */
  static SafeFile create(
      Path target, Opener opener, BiFunction<String, Throwable, RuntimeException> error) {
    FileChannel channel;
    try {
      channel = opener.open(partial(target));
    } catch (IOException e) {
      throw error.apply(
          "%s: cannot be written: %s; does the folder exist, and may you write to it?"
              .formatted(target, e),
          e);
    }
    try {
      if (channel.tryLock() == null) {
        throw new OverlappingFileLockException();
      }
    } catch (IOException | OverlappingFileLockException e) {
      closeQuietly(channel);
      throw error.apply(
          "%s: is being written by somebody else; wait for it or use another folder"
              .formatted(target),
          e);
    }
    var file = new SafeFile(target, channel, error);
    try {
      channel.truncate(0);
    } catch (IOException e) {
      throw file.failed(e);
    }
    return file;
  }

  /** Leaves room for a header that {@link #head} writes at the end. */
  void skip(long bytes) {
    try {
      channel.position(bytes);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  void write(MemorySegment part) {
    checkOpen();
    try {
      for (long at = 0; at < part.byteSize(); at += CHUNK) {
        var chunk = part.asSlice(at, Math.min(CHUNK, part.byteSize() - at)).asByteBuffer();
        while (chunk.hasRemaining()) {
          channel.write(chunk);
        }
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Writes from the beginning of the file. */
  void head(byte[] bytes) {
    checkOpen();
    var head = ByteBuffer.wrap(bytes);
    try {
      while (head.hasRemaining()) {
        channel.write(head, head.position());
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Syncs the file and renames it over the target. */
  void commit() {
    checkOpen();
    try {
      channel.force(true);
      channel.close();
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failed(e);
    }
    open = false;
    syncFolder();
  }

  void checkOpen() {
    if (!open) {
      throw error.apply(target + ": the writer is closed", new IllegalStateException());
    }
  }

  /** Gives up what was not committed. */
  @Override
  public void close() {
    if (open) {
      open = false;
      closeQuietly(channel);
      try {
        Files.deleteIfExists(partial);
      } catch (IOException e) {
        // The next writer of this file truncates what stays.
      }
    }
  }

  private RuntimeException failed(IOException e) {
    close();
    return error.apply(
        "%s: writing failed: %s. What was there before is unchanged; free some space or choose another folder"
            .formatted(target, e.getMessage()),
        e);
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing that was promised depends on it.
    }
  }

  /** A rename outlives a power cut only once its folder is synced; Windows has no such call. */
  private void syncFolder() {
    var folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      return;
    }
    try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    } catch (IOException e) {
      // The file is in its place all the same.
    }
  }

  private static Path partial(Path target) {
    return target.resolveSibling(target.getFileName() + ".partial");
  }
}
