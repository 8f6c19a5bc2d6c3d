package inkstone.model;

import inkstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * How a family's files name what an {@link Encoder} holds.
 *
 * @param prefix what stands before the names of the body's weights
 */
record EncoderNames(EncoderConfig config, String prefix) {

  private static final String[][] DISTILBERT = {
    {"encoder.layer.", "transformer.layer."},
    {"attention.self.query", "attention.q_lin"},
    {"attention.self.key", "attention.k_lin"},
    {"attention.self.value", "attention.v_lin"},
    {"attention.output.dense", "attention.out_lin"},
    {"attention.output.LayerNorm", "sa_layer_norm"},
    {"intermediate.dense", "ffn.lin1"},
    {".output.dense", ".ffn.lin2"},
    {".output.LayerNorm", ".output_layer_norm"},
  };

  /** Those of a file that is written: a body without a head has no prefix. */
  static EncoderNames written(EncoderConfig config) {
    return new EncoderNames(
        config, config.head() instanceof EncoderHead.None ? "" : config.family().prefix());
  }

  /** Those of a file that is read, with a prefix where the file has one. */
  static EncoderNames read(EncoderConfig config, Map<String, Tensor> file) {
    var prefix = config.family().prefix();
    boolean prefixed = file.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    return new EncoderNames(config, prefixed ? prefix : "");
  }

  /** The file's tensors under the encoder's names. */
  SequencedMap<String, Tensor> toEncoder(Map<String, Tensor> file) {
    var modern = new LinkedHashMap<String, Tensor>();
    file.forEach((name, tensor) -> modern.put(modern(name), tensor));
    var encoder = new LinkedHashMap<String, Tensor>();
    for (var name : EncoderLayout.of(config).keySet()) {
      var parts = file(name).stream().map(part -> take(modern, part)).toList();
      encoder.put(name, parts.size() == 1 ? parts.getFirst() : Tensor.joined(parts));
    }
    return encoder;
  }

  /** The oldest files name the scale and shift of a norm otherwise. */
  private static String modern(String name) {
    return name.replaceFirst("\\.gamma$", ".weight").replaceFirst("\\.beta$", ".bias");
  }

  private static Tensor take(Map<String, Tensor> file, String name) {
    var tensor = file.get(name);
    if (tensor == null) {
      throw new ModelException("weight '" + name + "' is missing");
    }
    return tensor;
  }

  /** The encoder's tensors under the file's names. */
  SequencedMap<String, Tensor> toFile(Map<String, Tensor> encoder) {
    var file = new LinkedHashMap<String, Tensor>();
    encoder.forEach(
        (name, tensor) -> {
          var parts = file(name);
          long size = tensor.size(0) / parts.size();
          for (int i = 0; i < parts.size(); i++) {
            file.put(parts.get(i), parts.size() == 1 ? tensor : tensor.narrow(0, i * size, size));
          }
        });
    return file;
  }

  /** The file's names of one weight: three where queries, keys and values are apart. */
  List<String> file(String ours) {
    if (ours.startsWith("head.")) {
      int dot = ours.lastIndexOf('.');
      return List.of(head(ours.substring("head.".length(), dot), ours.substring(dot)));
    }
    if (ours.contains(EncoderLayout.JOINED)) {
      return List.of("query", "key", "value").stream()
          .map(part -> body(ours.replace(EncoderLayout.JOINED, "attention.self." + part)))
          .toList();
    }
    return List.of(body(ours));
  }

  private String body(String name) {
    var theirs = name;
    if (config.family() == EncoderFamily.DISTILBERT) {
      for (var pair : DISTILBERT) {
        theirs = theirs.replace(pair[0], pair[1]);
      }
    }
    return prefix + theirs;
  }

  private String head(String part, String kind) {
    return switch (config.head()) {
      case EncoderHead.None _ -> prefix + "pooler.dense" + kind;
      case EncoderHead.MaskedLanguage _ -> masked(part, kind);
      case EncoderHead.Classification _ ->
          switch (config.family()) {
            case BERT ->
                part.equals("dense") ? prefix + "pooler.dense" + kind : "classifier" + kind;
            case ROBERTA -> "classifier." + (part.equals("dense") ? "dense" : "out_proj") + kind;
            case DISTILBERT -> (part.equals("dense") ? "pre_classifier" : "classifier") + kind;
          };
      case EncoderHead.TokenLabels _ -> "classifier" + kind;
      case EncoderHead.Answers _ -> "qa_outputs" + kind;
    };
  }

  private String masked(String part, String kind) {
    boolean bias = kind.equals(".bias");
    return switch (config.family()) {
      case BERT ->
          switch (part) {
            case "dense" -> "cls.predictions.transform.dense" + kind;
            case "norm" -> "cls.predictions.transform.LayerNorm" + kind;
            default -> bias ? "cls.predictions.bias" : "cls.predictions.decoder.weight";
          };
      case ROBERTA ->
          switch (part) {
            case "dense" -> "lm_head.dense" + kind;
            case "norm" -> "lm_head.layer_norm" + kind;
            default -> bias ? "lm_head.bias" : "lm_head.decoder.weight";
          };
      case DISTILBERT ->
          switch (part) {
            case "dense" -> "vocab_transform" + kind;
            case "norm" -> "vocab_layer_norm" + kind;
            default -> "vocab_projector" + kind;
          };
    };
  }
}
