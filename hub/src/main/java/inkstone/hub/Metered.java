package inkstone.hub;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream of which no more is read than was allowed beforehand. */
final class Metered extends FilterInputStream {

  private long left;

  Metered(InputStream in) {
    super(in);
  }

  /** From now on so many bytes more, whatever was left. */
  void allow(long bytes) {
    left = bytes;
  }

  private void take(long bytes) throws IOException {
    left -= Math.max(0, bytes);
    if (left < 0) {
      throw new IOException("it expands to far more than it should");
    }
  }

  @Override
  public int read() throws IOException {
    var b = super.read();
    take(b < 0 ? 0 : 1);
    return b;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    var n = super.read(bytes, offset, length);
    take(n);
    return n;
  }

  @Override
  public long skip(long bytes) throws IOException {
    var n = super.skip(bytes);
    take(n);
    return n;
  }
}
