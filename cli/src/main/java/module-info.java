/** The command line. */
module inkstone.cli {
  requires inkstone.bench;
  requires inkstone.train;
  requires inkstone.words;
  requires inkstone.hub;
  requires info.picocli;
  requires java.management;
  requires org.jline.reader;
  requires org.jline.terminal;
  requires tools.jackson.databind;
  requires transitive static org.jspecify;

  exports inkstone.cli;

  opens inkstone.cli to
      info.picocli;
}
