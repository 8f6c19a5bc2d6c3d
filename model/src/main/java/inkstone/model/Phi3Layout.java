package inkstone.model;

import inkstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code Phi3ForCausalLM} (Abdin et al., 2024), also Phi-4-mini: the projections are joined in the
 * file too.
 */
final class Phi3Layout extends LlamaLike {

  @Override
  public String architecture() {
    return "Phi3ForCausalLM";
  }

  @Override
  public String modelType() {
    return "phi3";
  }

  @Override
  Family family() {
    return Family.PHI3;
  }

  @Override
  Defaults defaults() {
    return new Defaults(4096, 0, 0, 1e-5, 10_000, false);
  }

  @Override
  DecoderStyle style(ConfigReader config, RotaryConfig rotary) {
    int window = config.isNull("sliding_window") ? 0 : config.integer("sliding_window", 0);
    return DecoderStyle.llama(rotary).blocks(List.of(BlockStyle.of(rotary).window(window)));
  }

  @Override
  void write(DecoderStyle style, DecoderConfig config, ObjectNode json) {
    json.put("resid_pdrop", 0.0);
    json.put("embd_pdrop", 0.0);
    WindowKey.write(style, json);
  }

  @Override
  public SequencedMap<String, Tensor> toDecoder(DecoderConfig config, Map<String, Tensor> file) {
    return new LinkedHashMap<>(file);
  }

  @Override
  public SequencedMap<String, Tensor> toFile(DecoderConfig config, Map<String, Tensor> decoder) {
    return new LinkedHashMap<>(decoder);
  }
}
