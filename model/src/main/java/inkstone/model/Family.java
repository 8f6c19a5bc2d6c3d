package inkstone.model;

import inkstone.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The Hugging Face layouts that a decoder is opened from and saved in. */
public enum Family {
  /** {@code GPT2LMHeadModel}. */
  GPT2(new Gpt2Layout()),
  /** {@code LlamaForCausalLM}, also Llama 3 and SmolLM2. */
  LLAMA(new LlamaLayout()),
  /** {@code MistralForCausalLM}. */
  MISTRAL(new MistralLayout()),
  /** {@code Qwen2ForCausalLM}, also Qwen2.5. */
  QWEN2(new Qwen2Layout()),
  /** {@code Qwen3ForCausalLM}. */
  QWEN3(new Qwen3Layout()),
  /** {@code Gemma2ForCausalLM}. */
  GEMMA2(new Gemma2Layout()),
  /** {@code Gemma3ForCausalLM}, the text model. */
  GEMMA3(new Gemma3Layout()),
  /** {@code Phi3ForCausalLM}. */
  PHI3(new Phi3Layout()),
  /** {@code Olmo2ForCausalLM}. */
  OLMO2(new Olmo2Layout()),
  /** {@code MixtralForCausalLM}. */
  MIXTRAL(new MixtralLayout()),
  /** {@code Qwen3MoeForCausalLM}. */
  QWEN3_MOE(new Qwen3MoeLayout());

  /** How one family's files name and arrange what a {@link Decoder} holds. */
  interface Format {
    /** The name of the class in Transformers. */
    String architecture();

    /** {@code model_type} in config.json. */
    String modelType();

    DecoderConfig read(ConfigReader config);

    void write(DecoderConfig config, ObjectNode json);

    /** The file's tensors under the decoder's names. */
    SequencedMap<String, Tensor> toDecoder(DecoderConfig config, Map<String, Tensor> file);

    /** The decoder's tensors under the file's names. */
    SequencedMap<String, Tensor> toFile(DecoderConfig config, Map<String, Tensor> decoder);
  }

  private final Format format;

  Family(Format format) {
    this.format = format;
  }

  Format format() {
    return format;
  }

  static Family of(JsonNode config, String where) {
    var type = config.path("model_type").asString("");
    for (var family : values()) {
      if (family.format.modelType().equals(type)) {
        return family;
      }
    }
    throw new ModelException(
        "%s: model_type '%s' is not known; known are %s"
            .formatted(
                where,
                type,
                Arrays.stream(values())
                    .map(family -> family.format.modelType())
                    .collect(Collectors.joining(", "))));
  }
}
