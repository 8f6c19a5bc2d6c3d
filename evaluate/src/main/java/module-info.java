/** Metrics and baselines. */
module inkstone.evaluate {
  requires transitive inkstone.generate;
  requires transitive inkstone.data;
  requires org.tukaani.xz;
  requires transitive static org.jspecify;

  exports inkstone.evaluate;
}
