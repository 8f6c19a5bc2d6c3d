/** Tokenizers: training, encoding, decoding, tokenizer.json. */
module inkstone.text {
  requires tools.jackson.databind;
  requires transitive static org.jspecify;

  exports inkstone.text;
}
