/** Layers, model families and Hugging Face directories. */
module inkstone.model {
  requires transitive inkstone.tensor;
  requires transitive inkstone.text;
  requires jdk.management;
  requires tools.jackson.databind;
  requires transitive static org.jspecify;

  exports inkstone.model;
  exports inkstone.model.seq2seq;
}
