package inkstone.model;

import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** A network from another format's file that has been put in Hugging Face's words. */
final class Assembly {

  private Assembly() {}

  /**
   * Builds the network; what is made on the way is freed.
   *
   * @param config what config.json would say
   * @param tensors how many the file has: a network with more layers than that is none
   * @param weights Hugging Face's names and arrangement of all tensors of that network
   */
  static Decoder decoder(
      JsonNode config, int tensors, Function<DecoderConfig, Map<String, Tensor>> weights) {
    return decoder(config, tensors, weights, Assembly::dense);
  }

  /**
   * The same in storages of its own.
   *
   * @param storing what the decoder's tensors become
   */
  static Decoder decoder(
      JsonNode config,
      int tensors,
      Function<DecoderConfig, Map<String, Tensor>> weights,
      Function<Map<String, Tensor>, Map<String, Weight>> storing) {
    try (var scope = Scope.open()) {
      var format = Family.of(config, "its architecture").format();
      var read = format.read(new ConfigReader(config));
      if (read.layers() > tensors) {
        throw new ModelException(
            "%d tensors are too few for %d layers".formatted(tensors, read.layers()));
      }
      return stored(read, storing.apply(format.toDecoder(read, weights.apply(read))));
    }
  }

  /** A decoder of these weights, which are freed where they do not make one. */
  static Decoder stored(DecoderConfig config, Map<String, Weight> weights) {
    try {
      return Decoder.stored(config, weights);
    } catch (RuntimeException e) {
      weights.values().forEach(Weight::close);
      throw e;
    }
  }

  private static Map<String, Weight> dense(Map<String, Tensor> tensors) {
    var owned = new LinkedHashMap<String, Weight>();
    tensors.forEach((name, tensor) -> owned.put(name, new Weight.Dense(tensor.contiguous())));
    return owned;
  }
}
