package inkstone.hub;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file that a server offers.
 *
 * @param path its name, checked by {@link FileName}
 * @param size bytes, where they are known
 * @param checksum what it must sum up to, where that is known
 */
record RemoteFile(String path, OptionalLong size, Optional<Checksum> checksum) {
  RemoteFile {
    FileName.check(path);
  }

  RemoteFile checkedBy(Checksum other) {
    return new RemoteFile(path, size, Optional.of(other));
  }
}
