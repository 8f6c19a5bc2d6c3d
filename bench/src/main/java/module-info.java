/** Our speed and memory beside a peer's, measured in turn on one machine. */
module inkstone.bench {
  requires transitive inkstone.train;
  requires inkstone.words;
  requires java.management;
  requires java.net.http;
  requires tools.jackson.databind;
  requires transitive static org.jspecify;

  exports inkstone.bench;

  opens inkstone.bench to
      tools.jackson.databind;
}
