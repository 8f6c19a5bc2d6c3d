/** Corpora to documents to token shards to batches. */
module inkstone.data {
  requires transitive inkstone.tensor;
  requires transitive inkstone.text;
  requires tools.jackson.databind;
  requires extjwnl.data.wn31;
  requires transitive static org.jspecify;

  exports inkstone.data;
}
