package inkstone.bench;

import java.util.Locale;

/** Names of constants as a command line and a peer write them. */
final class Words {

  private Words() {}

  /** {@code PYTORCH_COMPILE} as {@code pytorch-compile}. */
  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
