/** Objectives, optimizers, schedules and the training loop. */
module inkstone.train {
  requires transitive inkstone.evaluate;
  requires transitive inkstone.journal;
  requires tools.jackson.databind;
  requires tools.jackson.dataformat.yaml;
  requires transitive static org.jspecify;

  exports inkstone.train;

  opens inkstone.train to
      tools.jackson.databind;
}
