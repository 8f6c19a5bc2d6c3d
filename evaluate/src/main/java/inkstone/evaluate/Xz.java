package inkstone.evaluate;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * The compressor xz as a predictor: what the held-out text adds to the size of the compressed
 * training text. Settings are those of {@code xz -9e} with a dictionary that holds all of the text.
 * Takes about twelve times the text in memory, and about a second a megabyte, twice, at once.
 */
public final class Xz implements Baseline {

  @Override
  public String name() {
    return "xz";
  }

  @Override
  public double bitsPerByte(byte[] training, byte[] heldOut) {
    Baseline.check(heldOut);
    // Both sizes at once, on two cores: this is most of what a short run waits for.
    var alone = CompletableFuture.supplyAsync(() -> size(training));
    return 8.0 * (size(training, heldOut) - alone.join()) / heldOut.length;
  }

  /** The size of these texts, one behind the other, as an {@code .xz} file. */
  static long size(byte[]... texts) {
    long length = 0;
    for (var text : texts) {
      length += text.length;
    }
    var counter = new Counter();
    try {
      var options = new LZMA2Options(LZMA2Options.PRESET_MAX);
      options.setDictSize(
          (int) Math.clamp(length, LZMA2Options.DICT_SIZE_MIN, LZMA2Options.DICT_SIZE_MAX));
      // What "extreme" means at level 9.
      options.setNiceLen(LZMA2Options.NICE_LEN_MAX);
      options.setDepthLimit(512);
      try (var xz = new XZOutputStream(counter, options)) {
        for (var text : texts) {
          xz.write(text);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return counter.size;
  }

  private static final class Counter extends OutputStream {
    private long size;

    @Override
    public void write(int b) {
      size++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      size += length;
    }
  }
}
