package inkstone.bench;

/** Who we are compared with. */
public enum Peer {
  /** Nobody. */
  NONE,
  /** PyTorch, eager. */
  PYTORCH,
  /** PyTorch with {@code torch.compile}. */
  PYTORCH_COMPILE;

  @Override
  public String toString() {
    return Words.of(this);
  }
}
