package inkstone.model;

import inkstone.tensor.DType;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Llama as the {@code .bin} of llama2.c (version 0): seven numbers, then each kind of weight for
 * all layers, float32, little-endian.
 *
 * @see <a href="https://github.com/karpathy/llama2.c/blob/master/export.py">legacy_export</a>
 */
public final class Llama2cModel {

  private static final int HEADER = 7 * Integer.BYTES;

  private Llama2cModel() {}

  /**
   * The network of a file, its weights in memory of their own.
   *
   * @throws ModelException if the file is missing, cut or of another kind
   */
  public static Decoder open(Path path) {
    try (var arena = Arena.ofConfined();
        var channel = FileChannel.open(path, StandardOpenOption.READ);
        var scope = Scope.open()) {
      var file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      var config = config(path, file);
      return Decoder.of(config, new Weights(file).read(config));
    } catch (NoSuchFileException e) {
      throw new ModelException(path + ": there is no such file", e);
    } catch (IOException e) {
      throw new ModelException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static DecoderConfig config(Path path, MemorySegment file) {
    if (file.byteSize() < HEADER) {
      throw new ModelException(
          "%s: %d bytes are too few for a model of llama2.c".formatted(path, file.byteSize()));
    }
    var header =
        file.asSlice(0, HEADER)
            .toArray(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
    int width = header[0];
    int heads = header[3];
    boolean sound = width > 0 && heads > 0 && width % heads == 0 && header[5] != 0;
    try {
      if (!sound || header[5] == Integer.MIN_VALUE) {
        throw new ModelException("its first numbers are no sizes");
      }
      // A negative vocabulary says that the output head is a matrix of its own.
      var config =
          new DecoderConfig(
              Family.LLAMA,
              Math.abs(header[5]),
              header[6],
              width,
              header[2],
              heads,
              header[4],
              width / heads,
              header[1],
              false,
              header[5] > 0,
              1e-5,
              10_000);
      long expected = bytes(config);
      if (expected != file.byteSize()) {
        throw new ModelException(
            "its sizes ask for %d bytes, it has %d; it was cut, or is of a newer version (export it as version 0)"
                .formatted(expected, file.byteSize()));
      }
      return config;
    } catch (ModelException | ArithmeticException e) {
      throw new ModelException(
          "%s is not a model of llama2.c: %s".formatted(path, e.getMessage()), e);
    }
  }

  private static long bytes(DecoderConfig c) {
    long attention = Math.multiplyExact((long) c.width(), 2L * c.width() + 2L * keys(c));
    long feedForward = Math.multiplyExact(3L * c.width(), (long) c.hidden());
    long layer = Math.addExact(Math.addExact(attention, feedForward), 2L * c.width());
    long heads = Math.multiplyExact((c.tied() ? 1L : 2L) * c.vocabulary(), (long) c.width());
    long angles = Math.multiplyExact((long) c.context(), (long) c.headDim());
    long all = Math.addExact(Math.multiplyExact(layer, (long) c.layers()), heads);
    return Math.addExact(
        HEADER, Math.multiplyExact(Math.addExact(all, angles + c.width()), (long) Float.BYTES));
  }

  private static long keys(DecoderConfig c) {
    return (long) c.keyValueHeads() * c.headDim();
  }

  /** Goes through the weights in the order of the file. */
  private static final class Weights {
    private final MemorySegment file;
    private final Map<String, Tensor> weights = new HashMap<>();
    private long at = HEADER;

    Weights(MemorySegment file) {
      this.file = file;
    }

    Map<String, Tensor> read(DecoderConfig c) {
      weights.put("model.embed_tokens.weight", next(c.vocabulary(), c.width()));
      each(c, "input_layernorm", c.width());
      var queries = list(c, c.width(), c.width());
      var keys = list(c, keys(c), c.width());
      var values = list(c, keys(c), c.width());
      each(c, "self_attn.o_proj", c.width(), c.width());
      each(c, "post_attention_layernorm", c.width());
      var gates = list(c, c.hidden(), c.width());
      each(c, "mlp.down_proj", c.width(), c.hidden());
      var ups = list(c, c.hidden(), c.width());
      weights.put("model.norm.weight", next(c.width()));
      at += (long) c.context() * c.headDim() * Float.BYTES; // angles, which are computed here
      if (!c.tied()) {
        weights.put("lm_head.weight", next(c.vocabulary(), c.width()));
      }
      for (int i = 0; i < c.layers(); i++) {
        var q = RotaryOrder.halves(queries.get(i), c.heads());
        var k = RotaryOrder.halves(keys.get(i), c.keyValueHeads());
        put(i, "self_attn.qkv_proj", Tensor.concat(0, List.of(q, k, values.get(i))));
        put(i, "mlp.gate_up_proj", Tensor.concat(0, List.of(gates.get(i), ups.get(i))));
      }
      return weights;
    }

    private void each(DecoderConfig c, String name, long... shape) {
      var all = list(c, shape);
      for (int i = 0; i < all.size(); i++) {
        put(i, name, all.get(i));
      }
    }

    private void put(int layer, String name, Tensor weight) {
      weights.put("model.layers." + layer + "." + name + ".weight", weight);
    }

    private List<Tensor> list(DecoderConfig c, long... shape) {
      var all = new ArrayList<Tensor>();
      for (int i = 0; i < c.layers(); i++) {
        all.add(next(shape));
      }
      return all;
    }

    private Tensor next(long... shape) {
      long bytes = Float.BYTES;
      for (long size : shape) {
        bytes *= size;
      }
      at += bytes;
      return Tensor.of(file.asSlice(at - bytes, bytes), DType.FLOAT32, shape);
    }
  }
}
