/** Word vectors: learned, kept, asked and judged. */
module inkstone.words {
  requires transitive inkstone.data;
  requires transitive inkstone.journal;
  requires static jdk.incubator.vector;
  requires hanlp.portable;
  requires tools.jackson.dataformat.yaml;
  requires transitive static org.jspecify;

  exports inkstone.words;

  opens inkstone.words to
      tools.jackson.databind;
}
