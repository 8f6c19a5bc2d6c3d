package inkstone.tensor;

import java.lang.foreign.Arena;
import java.util.Arrays;

/**
 * Runs the kernels of quantised weights on a few numbers, on a thread of its own, so that the
 * compiler has seen them when the first token comes: until then an operation on a vector is a
 * handful of objects, a thousand times slower. It begins while files are read and libtorch is
 * loaded, and needs neither.
 */
final class KernelWarmUp {

  private static final int COLUMNS = 64;

  /** Calls of each kernel: more than the compiler asks for. */
  private static final int TIMES = 1000;

  private static boolean begun;

  private KernelWarmUp() {}

  /** The first call begins; others do nothing. */
  static synchronized void begin() {
    if (begun || !Kernels.AVAILABLE) {
      return;
    }
    begun = true;
    var thread = new Thread(KernelWarmUp::run, "inkstone-warm-up");
    thread.setDaemon(true);
    thread.start();
  }

  private static void run() {
    try (var arena = Arena.ofConfined()) {
      int units = COLUMNS / PackedForm.COLUMNS;
      var memory = arena.allocate(4L * COLUMNS * PackedForm.ROWS, 64);
      var values = new float[2 * COLUMNS];
      var scales = new float[units * PackedForm.ROWS];
      var sums = new float[QuantizedStrips.ROWS * PackedForm.ROWS];
      var tile = new float[COLUMNS * PackedForm.ROWS];
      var strip = new float[COLUMNS * QuantizedStrips.ROWS];
      var output = new QuantizedOutput(memory.address(), PackedForm.ROWS, 0, memory.address());
      boolean products = !MachineCode.runs(MachineCode.DOT_BYTES);
      for (int i = 0; i < TIMES; i++) {
        Arrays.fill(values, 0.5f);
        RowNorm.normalize(values, values, 1);
        SwiGlu.forward(values, COLUMNS);
        if (!products) {
          continue; // machine code needs no compiler
        }
        var x = QuantizedInput.of(values, COLUMNS);
        GroupProduct.product8(x.pairs(), x.scales(), memory.address(), scales, sums);
        VectorUnpacking.halves(memory.address(), scales);
        output.write(sums, 0, 0, 0, PackedForm.ROWS);
        WeightTile.unpack8(memory.address(), tile, 0, COLUMNS);
        StripKernel.product(units, tile, strip, 0, strip, scales, strip, sums);
        GroupProduct.product4(x, 0, memory.address(), scales, sums);
      }
    }
  }
}
