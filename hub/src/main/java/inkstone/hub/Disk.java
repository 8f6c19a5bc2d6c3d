package inkstone.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/** Opens files for writing; a test puts a small disk in its place. */
interface Disk {

  Disk REAL = FileChannel::open;

  FileChannel open(Path file, OpenOption... options) throws IOException;
}
