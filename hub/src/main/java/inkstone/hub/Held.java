package inkstone.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/** A lock that is held by one thread of one process; a process that ends gives it back. */
final class Held implements AutoCloseable {

  /** The system's file locks are for processes; among threads these decide. */
  private static final ConcurrentMap<Path, ReentrantLock> HERE = new ConcurrentHashMap<>();

  private final ReentrantLock here;
  private final FileChannel channel;

  private Held(ReentrantLock here, FileChannel channel) {
    this.here = here;
    this.channel = channel;
  }

  /**
   * Waits until the lock is free.
   *
   * @param waiting told once, if there is something to wait for
   */
  static Held take(Path file, Runnable waiting) {
    var here = HERE.computeIfAbsent(file.toAbsolutePath().normalize(), path -> new ReentrantLock());
    var told = false;
    if (!here.tryLock()) {
      waiting.run();
      told = true;
      try {
        here.lockInterruptibly();
      } catch (InterruptedException e) {
        throw Retries.interrupted(e);
      }
    }
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() == null) {
          if (!told) {
            waiting.run();
          }
          channel.lock();
        }
        return new Held(here, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      here.unlock();
      throw new HubException(
          "cannot lock %s: %s; is the cache on a disk that can be written?".formatted(file, e), e);
    } catch (RuntimeException e) {
      here.unlock();
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The lock is gone with the process at the latest.
    } finally {
      here.unlock();
    }
  }
}
