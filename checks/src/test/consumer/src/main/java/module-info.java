module consumer {
  requires inkstone.train;
}
