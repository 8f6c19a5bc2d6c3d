package inkstone.journal;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.zip.CRC32C;

/**
 * A run as a TensorBoard event file: scalars {@code loss/train}, {@code loss/<split>}, {@code
 * bits_per_byte} ({@code bits_per_byte/<split>} of a split not named held_out), {@code
 * learning_rate}, {@code tokens_per_second}, {@code gradient_norm} and {@code roof_share}, and the
 * samples as texts.
 *
 * <p>Framing: TFRecord (length, masked CRC-32C of the length, content, masked CRC-32C of the
 * content; tensorflow/core/lib/io/record_writer.h). Content: the protocol buffers Event and Summary
 * (tensorflow/core/util/event.proto, framework/summary.proto), of which few fields are needed.
 */
public final class TensorBoard {

  private final ByteArrayOutputStream records = new ByteArrayOutputStream();

  private TensorBoard() {}

  /**
   * Writes the one event file of a run into a folder, in place of an earlier one.
   *
   * @throws JournalException if it cannot be written
   */
  public static void write(RunLog log, Path folder) {
    var first = log.events().isEmpty() ? Instant.EPOCH : log.events().getFirst().time();
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new JournalException("cannot make " + folder + ": " + e, e);
    }
    WholeFile.write(
        folder.resolve("events.out.tfevents." + first.getEpochSecond() + ".inkstone"),
        bytes(log, first));
  }

  static byte[] bytes(RunLog log, Instant first) {
    var board = new TensorBoard();
    board.record(
        message(
            out -> {
              out.writeDouble(1, seconds(first));
              out.writeString(3, "brain.Event:2");
            }));
    for (var recorded : log.events()) {
      board.add(recorded);
    }
    return board.records.toByteArray();
  }

  private void add(Recorded recorded) {
    var time = recorded.time();
    switch (recorded.event()) {
      case Step e -> {
        scalar(time, e.step(), "loss/train", e.loss());
        scalar(time, e.step(), "learning_rate", e.learningRate());
        scalar(time, e.step(), "gradient_norm", e.gradientNorm());
        scalar(time, e.step(), "tokens_per_second", e.tokensPerSecond());
        scalar(time, e.step(), "roof_share", e.roofShare());
      }
      case Evaluated e -> {
        scalar(time, e.step(), "loss/" + e.split(), e.loss());
        var tag = e.split().equals("held_out") ? "bits_per_byte" : "bits_per_byte/" + e.split();
        scalar(time, e.step(), tag, e.bitsPerByte());
      }
      case Sampled e -> text(time, e.step(), "sample", e.prompt() + e.text());
      default -> {}
    }
  }

  private void scalar(Instant time, long step, String tag, double value) {
    event(
        time,
        step,
        message(
            out -> {
              out.writeString(1, tag);
              out.writeFloat(2, (float) value);
            }));
  }

  /** A text is a string tensor of one element with metadata that names the plugin. */
  private void text(Instant time, long step, String tag, String text) {
    var dimension = message(out -> out.writeInt64(1, 1));
    var shape = message(out -> out.writeByteArray(2, dimension));
    var tensor =
        message(
            out -> {
              out.writeEnum(1, 7);
              out.writeByteArray(2, shape);
              out.writeString(8, text.indent(4));
            });
    var plugin = message(out -> out.writeString(1, "text"));
    var metadata = message(out -> out.writeByteArray(1, plugin));
    event(
        time,
        step,
        message(
            out -> {
              out.writeString(1, tag);
              out.writeByteArray(8, tensor);
              out.writeByteArray(9, metadata);
            }));
  }

  private void event(Instant time, long step, byte[] value) {
    var summary = message(out -> out.writeByteArray(1, value));
    record(
        message(
            out -> {
              out.writeDouble(1, seconds(time));
              out.writeInt64(2, step);
              out.writeByteArray(5, summary);
            }));
  }

  private static double seconds(Instant time) {
    return time.toEpochMilli() / 1000.0;
  }

  private void record(byte[] content) {
    var length =
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(content.length).array();
    records.writeBytes(length);
    records.writeBytes(maskedCrc(length));
    records.writeBytes(content);
    records.writeBytes(maskedCrc(content));
  }

  /** The checksum rotated right by 15 bits plus a constant, little endian. */
  static byte[] maskedCrc(byte[] content) {
    var crc = new CRC32C();
    crc.update(content);
    var masked = Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(masked).array();
  }

  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Fields fields) {
    var bytes = new ByteArrayOutputStream();
    var out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new JournalException("cannot encode an event in memory: " + e, e);
    }
    return bytes.toByteArray();
  }
}
