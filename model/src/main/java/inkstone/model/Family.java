package inkstone.model;

/** The Hugging Face layouts that a decoder is saved in. */
public enum Family {
  /** {@code GPT2LMHeadModel}. */
  GPT2,
  /** {@code LlamaForCausalLM}. */
  LLAMA
}
