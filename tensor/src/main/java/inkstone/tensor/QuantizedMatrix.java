package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntFunction;

/**
 * A matrix [rows, columns] in the whole numbers and scales of a GGUF file, in memory of its own of
 * about the same size, arranged for the product with a few rows ({@link Functions#linear(Tensor,
 * java.util.List, java.util.Optional)}). It is never changed, is used by many threads, and lives
 * until {@link #close}: no scope owns it.
 */
public final class QuantizedMatrix implements AutoCloseable {

  private final Tensor memory;
  final PackedForm form;
  final int rows;
  final int columns;

  private QuantizedMatrix(PackedForm form, int rows, int columns) {
    this.form = form;
    this.rows = rows;
    this.columns = columns;
    memory =
        Scope.keep(
            Tensor.zeros(
                DType.UINT8,
                Device.CPU,
                PackedForm.groups(rows) * form.groupBytes(columns) + PackedForm.COLUMNS));
  }

  /** Whether rows of that many columns are kept in the type's blocks; the others are widened. */
  public static boolean keeps(GgufType type, long columns) {
    return PackedForm.of(type).isPresent()
        && columns > 0
        && columns <= 1 << 20
        && columns % Math.max(PackedForm.COLUMNS, type.blockElements()) == 0;
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
      matrix.fill(type, source);
    } catch (RuntimeException | Error e) {
      matrix.close();
      throw e;
    }
    return matrix;
  }

  private void fill(GgufType type, IntFunction<MemorySegment> source) {
    int blocks = columns / type.blockElements();
    int header = form.header(columns);
    int bytes = Math.toIntExact(form.groupBytes(columns));
    var to = Native.memory(memory.alive());
    Workers.run(
        PackedForm.groups(rows),
        () -> {
          var reader = BlockNumbers.of(type);
          var row = new byte[blocks * type.blockBytes()];
          var q = new byte[type.blockElements()];
          var scales = new float[Math.max(1, type.blockElements() / form.chunk())];
          var least = new float[scales.length];
          return group -> {
            var packed = new byte[bytes];
            for (int lane = 0;
                lane < Math.min(PackedForm.LANES, rows - group * PackedForm.LANES);
                lane++) {
              var from = source.apply(group * PackedForm.LANES + lane);
              MemorySegment.copy(from, ValueLayout.JAVA_BYTE, 0, row, 0, row.length);
              for (int block = 0; block < blocks; block++) {
                reader.read(row, block * type.blockBytes(), q, scales, least);
                int column = block * q.length;
                for (int i = 0; i < q.length; i++) {
                  form.put(packed, header, lane, column + i, q[i]);
                }
                putScales(packed, lane, column / form.chunk(), scales, least);
              }
            }
            MemorySegment.copy(packed, 0, to, ValueLayout.JAVA_BYTE, (long) group * bytes, bytes);
          };
        });
  }

  private void putScales(byte[] packed, int lane, int chunk, float[] scales, float[] least) {
    var bytes = MemorySegment.ofArray(packed);
    for (int i = 0; i < scales.length; i++) {
      long at = (long) (chunk + i) * PackedForm.LANES + lane;
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
    int count = chunks * PackedForm.LANES;
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
          to, unit / times * PackedForm.LANES, to, unit * PackedForm.LANES, PackedForm.LANES);
    }
  }

  /** How many numbers {@link #scales} gives. */
  int scaleCount() {
    return columns / form.unit() * PackedForm.LANES;
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
