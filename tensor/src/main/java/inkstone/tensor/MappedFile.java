package inkstone.tensor;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.global.torch;

/** Files in memory, page by page as they are used; pages that are changed become private copies. */
final class MappedFile {

  private MappedFile() {}

  /** The bytes of a file. */
  static Tensor of(Path path, long bytes) {
    return Native.call(
        "map " + path,
        () ->
            torch.from_file(
                path.toString(),
                new BoolOptional(false),
                new LongOptional(bytes),
                Native.options(DType.UINT8, Device.CPU)));
  }

  /** What lies at {@code start} of a file's bytes, a multiple of the type's size. */
  static Tensor view(Tensor file, long start, DType dtype, long... shape) {
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    return Native.call(
        "view",
        () ->
            file.alive()
                .narrow(0, start, count * dtype.bytes())
                .view(Native.type(dtype))
                .view(shape)
                .detach());
  }

  /**
   * The tensors one after the other along the first dimension: one view of the memory where they
   * lie so already, as matrices that are neighbours in a file do, otherwise a copy.
   */
  static Tensor joined(List<Tensor> tensors) {
    var first = tensors.getFirst();
    long[] shape = first.shape();
    for (int i = 1; i < tensors.size(); i++) {
      if (!follows(tensors.get(i - 1), tensors.get(i))) {
        return Tensor.concat(0, tensors);
      }
      shape[0] += tensors.get(i).size(0);
    }
    var strides = new long[shape.length];
    long stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    return Native.call("join", () -> first.alive().as_strided(shape, strides).detach(), first);
  }

  private static boolean follows(Tensor before, Tensor after) {
    var a = before.alive();
    var b = after.alive();
    return !Native.records(before, after)
        && before.device().equals(Device.CPU)
        && after.device().equals(Device.CPU)
        && before.rank() > 0
        && after.rank() == before.rank()
        && Arrays.equals(before.shape(), 1, before.rank(), after.shape(), 1, after.rank())
        && before.dtype() == after.dtype()
        && a.is_contiguous()
        && b.is_contiguous()
        && a.is_alias_of(b)
        && a.data_ptr().address() + before.count() * before.dtype().bytes()
            == b.data_ptr().address();
  }
}
