package inkstone.model;

import inkstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/** {@code LlamaForCausalLM}: queries, keys, values, gate and up in matrices of their own. */
final class LlamaLayout implements Family.Format {

  @Override
  public String architecture() {
    return "LlamaForCausalLM";
  }

  @Override
  public String modelType() {
    return "llama";
  }

  @Override
  public DecoderConfig read(ConfigReader config) {
    config.only("hidden_act", "silu");
    if (!config.absent("rope_scaling")) {
      throw new ModelException("rope_scaling is not supported; only unscaled rotary positions are");
    }
    if (config.flag("attention_bias", false) || config.flag("mlp_bias", false)) {
      throw new ModelException("attention_bias and mlp_bias are not supported");
    }
    int width = config.integer("hidden_size");
    int heads = config.integer("num_attention_heads");
    return new DecoderConfig(
        Family.LLAMA,
        config.integer("vocab_size"),
        config.integer("max_position_embeddings", 2048),
        width,
        config.integer("num_hidden_layers"),
        heads,
        config.integer("num_key_value_heads", heads),
        config.integer("head_dim", width / Math.max(1, heads)),
        config.integer("intermediate_size"),
        false,
        config.flag("tie_word_embeddings", false),
        config.number("rms_norm_eps", 1e-6),
        rotaryBase(config));
  }

  /** Newer files keep the base under {@code rope_parameters}. */
  private static double rotaryBase(ConfigReader config) {
    if (config.absent("rope_parameters")) {
      return config.number("rope_theta", 10_000);
    }
    var rope = config.object("rope_parameters");
    rope.only("rope_type", "default");
    return rope.number("rope_theta", 10_000);
  }

  @Override
  public void write(DecoderConfig config, ObjectNode json) {
    json.put("vocab_size", config.vocabulary());
    json.put("max_position_embeddings", config.context());
    json.put("hidden_size", config.width());
    json.put("num_hidden_layers", config.layers());
    json.put("num_attention_heads", config.heads());
    json.put("num_key_value_heads", config.keyValueHeads());
    json.put("head_dim", config.headDim());
    json.put("intermediate_size", config.hidden());
    json.put("hidden_act", "silu");
    json.put("rms_norm_eps", config.normEpsilon());
    json.put("rope_theta", config.rotaryBase());
    json.put("tie_word_embeddings", config.tied());
    json.put("attention_bias", false);
    json.put("mlp_bias", false);
  }

  @Override
  public SequencedMap<String, Tensor> toDecoder(DecoderConfig config, Map<String, Tensor> file) {
    var decoder = new LinkedHashMap<>(file);
    for (int layer = 0; layer < config.layers(); layer++) {
      var name = "model.layers." + layer + ".";
      var parts =
          List.of(name + "self_attn.q_proj", name + "self_attn.k_proj", name + "self_attn.v_proj");
      join(decoder, parts, name + "self_attn.qkv_proj");
      join(
          decoder,
          List.of(name + "mlp.gate_proj", name + "mlp.up_proj"),
          name + "mlp.gate_up_proj");
    }
    return decoder;
  }

  private static void join(Map<String, Tensor> tensors, List<String> parts, String whole) {
    var present = parts.stream().map(p -> tensors.remove(p + ".weight")).toList();
    for (int i = 0; i < parts.size(); i++) {
      if (present.get(i) == null) {
        throw new ModelException("weight '" + parts.get(i) + ".weight' is missing");
      }
    }
    tensors.put(whole + ".weight", Tensor.concat(0, present));
  }

  @Override
  public SequencedMap<String, Tensor> toFile(DecoderConfig config, Map<String, Tensor> decoder) {
    long queries = (long) config.heads() * config.headDim();
    long keys = (long) config.keyValueHeads() * config.headDim();
    var file = new LinkedHashMap<String, Tensor>();
    decoder.forEach(
        (name, tensor) -> {
          if (name.contains("qkv_proj")) {
            file.put(name.replace("qkv_proj", "q_proj"), tensor.narrow(0, 0, queries));
            file.put(name.replace("qkv_proj", "k_proj"), tensor.narrow(0, queries, keys));
            file.put(name.replace("qkv_proj", "v_proj"), tensor.narrow(0, queries + keys, keys));
          } else if (name.contains("gate_up_proj")) {
            long hidden = config.hidden();
            file.put(name.replace("gate_up_proj", "gate_proj"), tensor.narrow(0, 0, hidden));
            file.put(name.replace("gate_up_proj", "up_proj"), tensor.narrow(0, hidden, hidden));
          } else {
            file.put(name, tensor);
          }
        });
    return file;
  }
}
