package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * A matrix [rows, columns] in whole numbers and scales, as a GGUF file has them, in memory of its
 * own of about the same size, arranged for the product with a few rows ({@link
 * Functions#linear(Tensor, java.util.List, java.util.Optional)}). It is never changed, is used by
 * many threads, and lives until {@link #close}: no scope owns it.
 */
public final class QuantizedMatrix implements AutoCloseable {

  /** Groups that a thread packs at once. */
  private static final int COPIED = 8;

  private final Tensor memory;
  final PackedForm form;
  final int rows;
  final int columns;

  private QuantizedMatrix(PackedForm form, int rows, int columns) {
    this.form = form;
    this.rows = rows;
    this.columns = columns;
    long groups = PackedForm.groups(rows) * form.groupBytes(columns);
    memory = Scope.keep(unwritten(groups + PackedForm.COLUMNS));
    Native.memory(memory.alive()).asSlice(groups).fill((byte) 0);
  }

  private static Tensor unwritten(long bytes) {
    return Native.call(
        "memory of a matrix",
        () -> {
          var all =
              org.bytedeco.pytorch.global.torch.empty(
                  new long[] {bytes},
                  Native.options(DType.UINT8, Device.CPU),
                  new org.bytedeco.pytorch.MemoryFormatOptional());
          HugePages.ask(Native.memory(all));
          return all;
        });
  }

  /** Whether rows of that many columns are kept in the type's blocks; the others are widened. */
  public static boolean keeps(GgufType type, long columns) {
    return PackedForm.of(type).isPresent()
        && columns > 0
        && columns <= 1 << 20
        && columns % Math.max(PackedForm.COLUMNS, type.blockElements()) == 0;
  }

  /**
   * A matrix of numbers that were rounded elsewhere: {@code q scale}.
   *
   * @param bits 8, or 4 with q from -8 to 7
   * @param group columns that share a scale, a multiple of 32
   * @param q signed numbers of each row
   * @param scales those of each row, [columns / group]
   */
  public static QuantizedMatrix of(
      int bits,
      int group,
      int rows,
      int columns,
      IntFunction<byte[]> q,
      IntFunction<float[]> scales) {
    if ((bits != 8 && bits != 4)
        || group < PackedForm.COLUMNS
        || group % PackedForm.COLUMNS != 0
        || rows < 1
        || columns < 1
        || columns > 1 << 20
        || columns % group != 0) {
      throw new TensorException(
          "a matrix of %d rows of %d columns cannot be kept in %d bits with a scale for each %d"
              .formatted(rows, columns, bits, group));
    }
    var form = new PackedForm(bits, group, true, false, bits == 4 ? 8 : 0);
    var matrix = new QuantizedMatrix(form, rows, columns);
    try {
      matrix.fill(
          () -> {
            var none = new float[columns / group];
            return (packed, lane, row) -> {
              var numbers = q.apply(row);
              if (bits == 4) {
                numbers = numbers.clone();
                for (int i = 0; i < columns; i++) {
                  numbers[i] += 8;
                }
              }
              form.put(packed, form.header(columns), lane, 0, numbers);
              matrix.putScales(packed, lane, 0, scales.apply(row), none);
            };
          });
    } catch (RuntimeException | Error e) {
      matrix.close();
      throw e;
    }
    return matrix;
  }

  /**
   * Begins to get products ready for use, in the background: the first ones would be slow. Worth
   * calling before a model's file is opened.
   */
  public static void prepare() {
    KernelWarmUp.begin();
  }

  /** Whether products with it are fast in this process: they need the Vector API. */
  public static boolean isFast() {
    return Kernels.AVAILABLE;
  }

  /**
   * A matrix of rows of blocks.
   *
   * @param columns the elements of a row, which {@link #keeps} allows
   * @param source the blocks of each row; read here alone
   */
  public static QuantizedMatrix of(
      GgufType type, int rows, int columns, IntFunction<MemorySegment> source) {
    if (!keeps(type, columns) || rows < 1) {
      throw new TensorException(
          "a matrix of %d rows of %d columns cannot be kept in blocks of type %s"
              .formatted(rows, columns, type));
    }
    var matrix = new QuantizedMatrix(PackedForm.of(type).orElseThrow(), rows, columns);
    try {
      if (BlockCopy.takes(type)) {
        matrix.copy(type, source);
      } else {
        matrix.fill(() -> matrix.lane(type, source));
      }
    } catch (RuntimeException | Error e) {
      matrix.close();
      throw e;
    }
    return matrix;
  }

  /** Writes a row to its lane of a group. */
  private interface Lane {
    void put(byte[] packed, int lane, int row);
  }

  private Lane lane(GgufType type, IntFunction<MemorySegment> source) {
    int header = form.header(columns);
    var reader = BlockNumbers.of(type);
    var bytes = new byte[columns / type.blockElements() * type.blockBytes()];
    var q = new byte[type.blockElements()];
    var scales = new float[Math.max(1, type.blockElements() / form.chunk())];
    var least = new float[scales.length];
    return (packed, lane, row) -> {
      MemorySegment.copy(source.apply(row), ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
      for (int block = 0; block < columns / q.length; block++) {
        reader.read(bytes, block * type.blockBytes(), q, scales, least);
        form.put(packed, header, lane, block * q.length, q);
        putScales(packed, lane, block * q.length / form.chunk(), scales, least);
      }
    };
  }

  private void fill(Supplier<Lane> worker) {
    int bytes = Math.toIntExact(form.groupBytes(columns));
    var to = Native.memory(memory.alive());
    Workers.run(
        PackedForm.groups(rows),
        () -> {
          var each = worker.get();
          return group -> {
            var packed = new byte[bytes];
            int first = group * PackedForm.ROWS;
            for (int lane = 0; lane < Math.min(PackedForm.ROWS, rows - first); lane++) {
              each.put(packed, lane, first + lane);
            }
            MemorySegment.copy(packed, 0, to, ValueLayout.JAVA_BYTE, (long) group * bytes, bytes);
          };
        });
  }

  /** As {@link #fill}, where a file's words need but be moved. */
  private void copy(GgufType type, IntFunction<MemorySegment> source) {
    int bytes = Math.toIntExact(form.groupBytes(columns));
    var to = Native.memory(memory.alive());
    int groups = PackedForm.groups(rows);
    Workers.run(
        (groups + COPIED - 1) / COPIED,
        () -> {
          var row = new BlockCopy(type, form, columns);
          var packed = new short[bytes / Short.BYTES];
          return piece -> {
            for (int group = piece * COPIED;
                group < Math.min(groups, (piece + 1) * COPIED);
                group++) {
              int first = group * PackedForm.ROWS;
              if (first + PackedForm.ROWS > rows) {
                Arrays.fill(packed, (short) 0);
              }
              for (int lane = 0; lane < Math.min(PackedForm.ROWS, rows - first); lane++) {
                row.put(source.apply(first + lane), packed, lane);
              }
              long at = (long) group * bytes;
              MemorySegment.copy(packed, 0, to, ValueLayout.JAVA_SHORT, at, packed.length);
            }
          };
        });
  }

  private void putScales(byte[] packed, int lane, int chunk, float[] scales, float[] least) {
    var bytes = MemorySegment.ofArray(packed);
    for (int i = 0; i < scales.length; i++) {
      long at = (long) (chunk + i) * PackedForm.ROWS + lane;
      putScale(bytes, 0, at, scales[i]);
      if (form.least()) {
        putScale(bytes, form.scalesBytes(columns), at, least[i]);
      }
    }
  }

  private void putScale(MemorySegment bytes, long start, long at, float value) {
    if (form.wide()) {
      bytes.set(ValueLayout.JAVA_FLOAT_UNALIGNED, start + at * Float.BYTES, value);
    } else {
      bytes.set(
          ValueLayout.JAVA_SHORT_UNALIGNED, start + at * Short.BYTES, Float.floatToFloat16(value));
    }
  }

  /** The rows. */
  public int rows() {
    return rows;
  }

  /** The elements of a row. */
  public int columns() {
    return columns;
  }

  /** The memory it takes. */
  public long bytes() {
    return memory.count();
  }

  /** A copy as float32 [rows, columns], bit for bit that of {@link Gguf#read}. */
  public Tensor dequantized() {
    return Native.call("dequantized", () -> QuantizedTiles.all(this));
  }

  /** The address of the first group; the memory lives as long as this. */
  long address() {
    return memory.alive().data_ptr().address();
  }

  /**
   * Scales and least values of a group, one for each {@link PackedForm#unit} and lane.
   *
   * @param group where it begins
   * @param least whether these are wanted
   */
  void scales(long group, boolean least, float[] to) {
    int chunks = columns / form.chunk();
    int times = form.chunk() / form.unit();
    int count = chunks * PackedForm.ROWS;
    var from =
        MemorySegment.ofAddress(group + (least ? form.scalesBytes(columns) : 0))
            .reinterpret(form.scalesBytes(columns));
    if (form.wide()) {
      MemorySegment.copy(from, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, to, 0, count);
    } else {
      var halves = new short[count];
      MemorySegment.copy(from, ValueLayout.JAVA_SHORT_UNALIGNED, 0, halves, 0, count);
      for (int i = 0; i < count; i++) {
        to[i] = Float.float16ToFloat(halves[i]);
      }
    }
    for (int unit = chunks * times - 1; times > 1 && unit >= 0; unit--) {
      System.arraycopy(
          to, unit / times * PackedForm.ROWS, to, unit * PackedForm.ROWS, PackedForm.ROWS);
    }
  }

  /** How many numbers {@link #scales} gives. */
  int scaleCount() {
    return columns / form.unit() * PackedForm.ROWS;
  }

  /** Frees the memory; a second call does nothing. */
  @Override
  public void close() {
    memory.close();
  }

  @Override
  public String toString() {
    return "%d bits[%d, %d]".formatted(form.bits(), rows, columns);
  }
}
