package inkstone.bench;

/**
 * A side with the folder that it works from.
 *
 * @param side who works
 * @param folder what goes with it
 */
record Housed(Side side, Folder folder) implements Side {

  @Override
  public Lap round(double seconds) {
    return side.round(seconds);
  }

  @Override
  public void close() {
    side.close();
    folder.close();
  }

  @Override
  public String toString() {
    return side.toString();
  }
}
