package inkstone.journal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardTest {

  private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);

  /** {@code Event(wall_time=1700000000.0, file_version="brain.Event:2")}. */
  private static final String GOLDEN_VERSION =
      "1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e4576656e743a32eced8f9d";

  /** {@code Event(wall_time=1700000000.0, step=7, summary=...)}, values 2.5, 1.25, 2.5, 1.25. */
  private static final String GOLDEN_SCALAR =
      "2300000000000000b09f77430900000040fc54d94110072a160a140a0d6c6f73732f68656c645f6f"
          + "7574150000204052146abd2300000000000000b09f77430900000040fc54d94110072a160a140a0d"
          + "626974735f7065725f62797465150000a03f3789579a200000000000000029eda9500900000040fc"
          + "54d94110072a130a110a0a6c6f73732f6f74686572150000204023172f19290000000000000037ff"
          + "5f000900000040fc54d94110072a1c0a1a0a13626974735f7065725f627974652f6f746865721500"
          + "00a03fe98a5957";

  /** Made with the Python package tensorboard 2.21.0: its protocol buffers and RecordWriter. */
  @Test
  void theBytesAreThoseOfTensorBoard() {
    assertEquals(
        GOLDEN_VERSION + GOLDEN_SCALAR,
        HexFormat.of()
            .formatHex(
                TensorBoard.bytes(
                    new RunLog(
                        List.of(
                            new Recorded(TIME, new Evaluated(7, "held_out", 2.5, 1.25, 10, 1)),
                            new Recorded(TIME, new Evaluated(7, "other", 2.5, 1.25, 10, 1))),
                        List.of()),
                    TIME)));
  }

  @Test
  void everyRecordIsFramed(@TempDir Path folder) throws IOException {
    TensorBoard.write(SampleRun.log(), folder.resolve("deep/er"));
    var file = folder.resolve("deep/er/events.out.tfevents.1772359200.inkstone");
    var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    var records = 0;
    while (bytes.hasRemaining()) {
      var length = new byte[8];
      bytes.get(length);
      check(bytes, length);
      var content =
          new byte
              [Math.toIntExact(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong())];
      bytes.get(content);
      check(bytes, content);
      records++;
    }
    assertEquals(1 + 5 * SampleRun.STEPS + 2 * 21 + 6, records);
    TensorBoard.write(SampleRun.log(), folder.resolve("deep/er"));
    try (var files = Files.list(folder.resolve("deep/er"))) {
      assertEquals(List.of(file), files.toList(), "written again in place");
    }
  }

  private static void check(ByteBuffer bytes, byte[] content) {
    var crc = new byte[4];
    bytes.get(crc);
    assertArrayEquals(TensorBoard.maskedCrc(content), crc);
  }

  /** RFC 3720, B.4: CRC-32C of 32 zero bytes is aa 36 91 8a, least significant byte first. */
  @Test
  void theChecksumIsMasked() {
    var crc = 0x8a9136aa;
    var masked = ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
    assertEquals(
        masked,
        ByteBuffer.wrap(TensorBoard.maskedCrc(new byte[32]))
            .order(ByteOrder.LITTLE_ENDIAN)
            .getInt());
  }

  @Test
  void samplesAreTexts() {
    var bytes =
        TensorBoard.bytes(
            new RunLog(List.of(new Recorded(TIME, new Sampled(3, "To", " be"))), List.of()), TIME);
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertEquals(true, text.contains("    To be\n"));
    assertEquals(true, text.contains("\u0004text"));
  }

  @Test
  void anEmptyRunHasAVersionAlone(@TempDir Path folder) throws IOException {
    TensorBoard.write(new RunLog(List.of(), List.of()), folder);
    var bytes = Files.readAllBytes(folder.resolve("events.out.tfevents.0.inkstone"));
    assertEquals(
        "brain.Event:2",
        new String(
            Arrays.copyOfRange(bytes, bytes.length - 17, bytes.length - 4),
            StandardCharsets.US_ASCII));
  }
}
