/** The command line. */
module inkstone.cli {
  requires inkstone.train;
  requires info.picocli;
  requires transitive static org.jspecify;

  exports inkstone.cli;
}
