package inkstone.model;

import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code GPT2LMHeadModel}: matrices are stored transposed, as [in, out], and every projection and
 * norm has a bias (zeros for a decoder without).
 */
final class Gpt2Layout implements Family.Format {

  /** The decoder's name of each part of a block, and the file's. */
  private static final String[][] PARTS = {
    {"input_layernorm", "ln_1"},
    {"self_attn.qkv_proj", "attn.c_attn"},
    {"self_attn.o_proj", "attn.c_proj"},
    {"post_attention_layernorm", "ln_2"},
    {"mlp.up_proj", "mlp.c_fc"},
    {"mlp.down_proj", "mlp.c_proj"},
  };

  @Override
  public String architecture() {
    return "GPT2LMHeadModel";
  }

  @Override
  public String modelType() {
    return "gpt2";
  }

  @Override
  public DecoderConfig read(ConfigReader config) {
    config.only("activation_function", "gelu_new");
    config.only("scale_attn_weights", "true");
    config.only("scale_attn_by_inverse_layer_idx", "false");
    config.only("add_cross_attention", "false");
    config.none("quantization_config");
    int width = config.integer("n_embd");
    int heads = config.integer("n_head");
    return new DecoderConfig(
        Family.GPT2,
        config.integer("vocab_size"),
        config.integer("n_positions", 1024),
        width,
        config.integer("n_layer"),
        heads,
        heads,
        width / Math.max(1, heads),
        config.integer("n_inner", 4 * width),
        true,
        config.flag("tie_word_embeddings", true),
        config.number("layer_norm_epsilon", 1e-5),
        10_000);
  }

  @Override
  public void write(DecoderConfig config, ObjectNode json) {
    json.put("vocab_size", config.vocabulary());
    json.put("n_positions", config.context());
    json.put("n_embd", config.width());
    json.put("n_layer", config.layers());
    json.put("n_head", config.heads());
    json.put("n_inner", config.hidden());
    json.put("activation_function", "gelu_new");
    json.put("layer_norm_epsilon", config.normEpsilon());
    json.put("tie_word_embeddings", config.tied());
    json.put("embd_pdrop", 0.0);
    json.put("attn_pdrop", 0.0);
    json.put("resid_pdrop", 0.0);
  }

  @Override
  public SequencedMap<String, Tensor> toDecoder(DecoderConfig config, Map<String, Tensor> file) {
    // The bare GPT2Model, as in the original release, lacks the prefix.
    var prefix = file.containsKey("wte.weight") ? "" : "transformer.";
    var decoder = new LinkedHashMap<String, Tensor>();
    names(config, prefix)
        .forEach(
            (ours, theirs) -> {
              var tensor = file.get(theirs);
              if (tensor == null) {
                throw new ModelException("weight '" + theirs + "' is missing");
              }
              decoder.put(ours, isProjection(ours) ? tensor.transpose(0, 1).contiguous() : tensor);
            });
    return decoder;
  }

  @Override
  public SequencedMap<String, Tensor> toFile(DecoderConfig config, Map<String, Tensor> decoder) {
    var file = new LinkedHashMap<String, Tensor>();
    names(config, "transformer.")
        .forEach(
            (ours, theirs) -> {
              var tensor = decoder.get(ours);
              if (tensor == null) {
                var weight = decoder.get(ours.replace(".bias", ".weight"));
                tensor =
                    Tensor.zeros(DType.FLOAT32, Device.CPU, weight == null ? 0 : weight.size(0));
              }
              file.put(theirs, isProjection(ours) ? tensor.transpose(0, 1) : tensor);
            });
    return file;
  }

  private static boolean isProjection(String ours) {
    return ours.endsWith("_proj.weight");
  }

  private static SequencedMap<String, String> names(DecoderConfig config, String prefix) {
    var names = new LinkedHashMap<String, String>();
    names.put("model.embed_tokens.weight", prefix + "wte.weight");
    names.put("model.embed_positions.weight", prefix + "wpe.weight");
    for (int layer = 0; layer < config.layers(); layer++) {
      for (var part : PARTS) {
        for (var kind : new String[] {".weight", ".bias"}) {
          names.put(
              "model.layers." + layer + "." + part[0] + kind,
              prefix + "h." + layer + "." + part[1] + kind);
        }
      }
    }
    names.put("model.norm.weight", prefix + "ln_f.weight");
    names.put("model.norm.bias", prefix + "ln_f.bias");
    if (!config.tied()) {
      names.put("lm_head.weight", "lm_head.weight");
    }
    return names;
  }
}
