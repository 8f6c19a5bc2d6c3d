/** Requests, sampling, KV cache, streams of text. */
module inkstone.generate {
  requires transitive inkstone.model;
  requires transitive static org.jspecify;

  exports inkstone.generate;
}
