package inkstone.model;

import inkstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Projections that a decoder holds as one matrix and most files as several: queries, keys and
 * values; gate and up.
 *
 * @param gate the file's name of a feed-forward network's gate
 * @param up the file's name of its projection up
 */
record JoinedProjections(DecoderConfig config, String gate, String up) {

  /** The file's tensors with the projections joined, whose parts are freed. */
  SequencedMap<String, Tensor> join(Map<String, Tensor> file) {
    var decoder = new LinkedHashMap<>(file);
    for (var name : Layout.of(config).keySet()) {
      int dot = name.lastIndexOf('.');
      var kind = name.substring(dot);
      var prefix = name.substring(0, name.lastIndexOf('.', dot - 1) + 1);
      var parts = parts(name.substring(prefix.length(), dot));
      if (parts.size() > 1) {
        var tensors = parts.stream().map(part -> take(decoder, prefix + part + kind)).toList();
        decoder.put(name, Tensor.joined(tensors));
        tensors.forEach(Tensor::close); // so that not all weights are there twice
      }
    }
    return decoder;
  }

  private static Tensor take(Map<String, Tensor> tensors, String name) {
    var tensor = tensors.remove(name);
    if (tensor == null) {
      throw new ModelException("weight '" + name + "' is missing");
    }
    return tensor;
  }

  /** The decoder's tensors with the projections parted, sharing their memory. */
  SequencedMap<String, Tensor> part(Map<String, Tensor> decoder) {
    var file = new LinkedHashMap<String, Tensor>();
    decoder.forEach(
        (name, tensor) -> {
          int dot = name.lastIndexOf('.');
          var prefix = name.substring(0, name.lastIndexOf('.', dot - 1) + 1);
          var whole = name.substring(prefix.length(), dot);
          var parts = parts(whole);
          long at = 0;
          for (int i = 0; i < parts.size(); i++) {
            long size = whole.equals("qkv_proj") ? heads(i) : tensor.size(0) / parts.size();
            file.put(prefix + parts.get(i) + name.substring(dot), tensor.narrow(0, at, size));
            at += size;
          }
        });
    return file;
  }

  private List<String> parts(String whole) {
    return switch (whole) {
      case "qkv_proj" -> List.of("q_proj", "k_proj", "v_proj");
      case "gate_up_proj" -> List.of(gate, up);
      default -> List.of(whole);
    };
  }

  private long heads(int part) {
    return (long) (part == 0 ? config.heads() : config.keyValueHeads()) * config.headDim();
  }
}
