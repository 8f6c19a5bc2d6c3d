package inkstone.text;

import java.util.SplittableRandom;

/** Random well-formed strings from all planes, rich in what tokenizers trip over. */
final class RandomText {

  private static final String[] TRICKY = {
    "'",
    "'s",
    "'LL",
    "'\u017F",
    "'re",
    " '",
    " ",
    "  ",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\u00A0",
    "\u3000",
    "\u2028",
    "\u0085",
    "\u001C",
    "\u200D",
    "\uFEFF",
    "1",
    "23",
    "\u0663",
    "\u00BD",
    "\u2167",
    "a",
    "Zz",
    "\u00E9",
    "e\u0301",
    "\u4E00",
    "\u58A8\u6C34",
    "\uAC00",
    "\uD835\uDD0D",
    "\uD835\uDFD8",
    "\uD83D\uDE42",
    "\uD840\uDC00",
    "!",
    "?!",
    "_",
    "<|endoftext|>",
    "<|",
    "|>",
    "\u0300",
    "\u212A",
    "\u0130",
    "\uFB05",
    "\uFFFD",
    "\u0000",
    "\uDBFF\uDFFF",
    "\uFFFF"
  };

  private RandomText() {}

  /** The seed of this run, the property {@code test.seed} where it is set. */
  static long seed() {
    return Long.getLong("test.seed", System.nanoTime());
  }

  /** Up to {@code most} tricky strings, ASCII characters and code points of any plane. */
  static String next(SplittableRandom random, int most) {
    var text = new StringBuilder();
    int length = random.nextInt(most + 1);
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(4)) {
        case 0 -> text.append((char) random.nextInt(128));
        case 1 -> text.appendCodePoint(codePoint(random));
        default -> text.append(TRICKY[random.nextInt(TRICKY.length)]);
      }
    }
    return text.toString();
  }

  private static int codePoint(SplittableRandom random) {
    int codePoint = random.nextInt(random.nextBoolean() ? 0x10000 : 0x110000);
    return codePoint >= 0xD800 && codePoint <= 0xDFFF ? 'x' : codePoint;
  }
}
