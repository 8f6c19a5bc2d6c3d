/** Requests, sampling, KV cache, streams of text. */
module inkstone.generate {
  requires transitive inkstone.model;
  requires tools.jackson.databind;
  requires transitive static org.jspecify;

  exports inkstone.generate;
  exports inkstone.generate.constraint;
}
