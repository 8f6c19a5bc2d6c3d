/** The events of a run and the pictures made of them. */
module inkstone.journal {
  requires transitive tools.jackson.databind;
  requires com.google.protobuf;
  requires java.management;
  requires jdk.management;
  requires transitive static org.jspecify;

  exports inkstone.journal;

  opens inkstone.journal to
      tools.jackson.databind;
}
