package inkstone.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.pytorch.Tensor;

/** Calls the functions of {@link GeluCode}. */
final class GeluCalls {

  /** Numbers of one call: some microseconds. */
  private static final int PIECE = 1 << 14;

  private static final int WORDS = 5;
  private static final MachineCode FORWARD = MachineCode.required(GeluCode.forward());
  private static final MachineCode BACKWARD = MachineCode.required(GeluCode.backward());

  private GeluCalls() {}

  /** Both contiguous, a multiple of 32 numbers. */
  static void forward(Tensor x, Tensor y) {
    run(FORWARD, x.numel(), x, y);
  }

  static void backward(Tensor x, Tensor gradient, Tensor slope) {
    run(BACKWARD, x.numel(), x, gradient, slope);
  }

  private static void run(MachineCode code, long count, Tensor... tensors) {
    var addresses = new long[tensors.length];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = tensors[i].data_ptr().address();
    }
    Pieces.run(
        count,
        PIECE,
        () -> {
          var constants = GeluCode.constants();
          var memory = Workspace.of(WORDS * Long.BYTES + constants.length * Float.BYTES);
          long at = WORDS * Long.BYTES;
          MemorySegment.copy(constants, 0, memory, ValueLayout.JAVA_FLOAT, at, constants.length);
          return (from, some) -> {
            int word = 0;
            for (long address : addresses) {
              memory.setAtIndex(ValueLayout.JAVA_LONG, word++, address + from * Short.BYTES);
            }
            memory.setAtIndex(ValueLayout.JAVA_LONG, word++, some / GeluCode.NUMBERS);
            memory.setAtIndex(ValueLayout.JAVA_LONG, word, memory.address() + at);
            code.call(memory.address());
          };
        });
  }
}
