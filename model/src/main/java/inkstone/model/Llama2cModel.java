package inkstone.model;

import inkstone.tensor.DType;
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
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Llama as the {@code .bin} of llama2.c (version 0): seven numbers, then each kind of weight for
 * all layers, float32, little-endian.
 *
 * @see <a href="https://github.com/karpathy/llama2.c/blob/master/export.py">legacy_export</a>
 */
public final class Llama2cModel {

  private static final int HEADER = 7 * Integer.BYTES;
  private static final JsonMapper JSON = new JsonMapper();

  private Llama2cModel() {}

  /**
   * The network of a file, its weights in memory of their own.
   *
   * @throws ModelException if the file is missing, cut or of another kind
   */
  public static Decoder open(Path path) {
    try (var arena = Arena.ofConfined();
        var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      var file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      var header = Header.read(file);
      return Assembly.decoder(
          header.config(), header.layers(), config -> new Weights(file, header).read());
    } catch (ModelException e) {
      throw new ModelException(
          "%s is not a model of llama2.c: %s".formatted(path, e.getMessage()), e);
    } catch (NoSuchFileException e) {
      throw new ModelException(path + ": there is no such file", e);
    } catch (IOException e) {
      throw new ModelException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The seven numbers.
   *
   * @param vocabulary negative where the output head is a matrix of its own
   */
  private record Header(
      int width,
      int hidden,
      int layers,
      int heads,
      int keyValueHeads,
      int vocabulary,
      int context) {

    static Header read(MemorySegment file) {
      if (file.byteSize() < HEADER) {
        throw new ModelException("%d bytes are too few".formatted(file.byteSize()));
      }
      var n =
          file.asSlice(0, HEADER)
              .toArray(ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
      var header = new Header(n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
      if (!header.sound()) {
        throw new ModelException("its first numbers are no sizes: " + header);
      }
      long expected = header.bytes();
      if (expected != file.byteSize()) {
        throw new ModelException(
            "its sizes ask for %s bytes, it has %d; it was cut, or is of a newer version (export it as version 0)"
                .formatted(expected < 0 ? "more than 2^63" : expected, file.byteSize()));
      }
      return header;
    }

    private boolean sound() {
      boolean positive =
          width > 0 && hidden > 0 && layers > 0 && heads > 0 && keyValueHeads > 0 && context > 0;
      return positive && width % heads == 0 && vocabulary != 0 && vocabulary != Integer.MIN_VALUE;
    }

    boolean tied() {
      return vocabulary > 0;
    }

    int rows() {
      return Math.abs(vocabulary);
    }

    int headDim() {
      return width / heads;
    }

    long keys() {
      return (long) keyValueHeads * headDim();
    }

    /** Bytes of the whole file, or -1 if they do not fit a long. */
    private long bytes() {
      try {
        long attention = Math.multiplyExact((long) width, 2L * width + 2 * keys());
        long feedForward = Math.multiplyExact(3L * width, (long) hidden);
        long layer = Math.addExact(Math.addExact(attention, feedForward), 2L * width);
        long embeddings = Math.multiplyExact((tied() ? 1L : 2L) * rows(), (long) width);
        long all = Math.addExact(Math.multiplyExact(layer, (long) layers), embeddings);
        long angles = (long) context * headDim();
        return Math.addExact(
            HEADER, Math.multiplyExact(Math.addExact(all, angles + width), (long) Float.BYTES));
      } catch (ArithmeticException e) {
        return -1;
      }
    }

    /** What config.json would say. */
    ObjectNode config() {
      return JSON.createObjectNode()
          .put("model_type", "llama")
          .put("vocab_size", rows())
          .put("max_position_embeddings", context)
          .put("hidden_size", width)
          .put("num_hidden_layers", layers)
          .put("num_attention_heads", heads)
          .put("num_key_value_heads", keyValueHeads)
          .put("intermediate_size", hidden)
          .put("rms_norm_eps", 1e-5)
          .put("rope_theta", 10_000.0)
          .put("tie_word_embeddings", tied());
    }
  }

  /** Goes through the weights in the order of the file. */
  private static final class Weights {
    private final MemorySegment file;
    private final Header header;
    private final Map<String, Tensor> weights = new HashMap<>();
    private long at = HEADER;

    Weights(MemorySegment file, Header header) {
      this.file = file;
      this.header = header;
    }

    Map<String, Tensor> read() {
      long width = header.width();
      weights.put("model.embed_tokens.weight", next(header.rows(), width));
      each("input_layernorm", 0, width);
      each("self_attn.q_proj", header.heads(), width, width);
      each("self_attn.k_proj", header.keyValueHeads(), header.keys(), width);
      each("self_attn.v_proj", 0, header.keys(), width);
      each("self_attn.o_proj", 0, width, width);
      each("post_attention_layernorm", 0, width);
      each("mlp.gate_proj", 0, header.hidden(), width);
      each("mlp.down_proj", 0, width, header.hidden());
      each("mlp.up_proj", 0, header.hidden(), width);
      weights.put("model.norm.weight", next(width));
      at += (long) header.context() * header.headDim() * Float.BYTES; // angles: computed here
      if (!header.tied()) {
        weights.put("lm_head.weight", next(header.rows(), width));
      }
      return weights;
    }

    /** One kind of weight of all layers; {@code turned} is its heads where positions turn it. */
    private void each(String name, int turned, long... shape) {
      for (int layer = 0; layer < header.layers(); layer++) {
        var weight = next(shape);
        weights.put(
            "model.layers." + layer + "." + name + ".weight",
            turned > 0 ? RotaryOrder.halves(weight, turned) : weight);
      }
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
