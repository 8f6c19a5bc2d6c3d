/** Models from elsewhere: fetched, checked, kept in a cache. */
module inkstone.hub {
  requires transitive inkstone.journal;
  requires java.net.http;
  requires org.apache.commons.compress;
  requires tools.jackson.databind;
  requires transitive static org.jspecify;

  exports inkstone.hub;

  opens inkstone.hub to
      tools.jackson.databind;
}
