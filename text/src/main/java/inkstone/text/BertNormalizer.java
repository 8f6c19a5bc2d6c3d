package inkstone.text;

import java.text.Normalizer;

/**
 * The basic cleaning of BERT (Devlin et al. 2019, {@code BasicTokenizer}) as Hugging Face does it.
 *
 * @param cleanText drops control characters, NUL and U+FFFD; any white space becomes a space
 * @param chineseCharacters puts spaces around every ideograph
 * @param stripAccents decomposes and drops non-spacing marks
 */
record BertNormalizer(
    boolean cleanText, boolean chineseCharacters, boolean stripAccents, boolean lowercase)
    implements TextNormalizer {

  @Override
  public String normalize(String text) {
    String result = text;
    if (cleanText || chineseCharacters) {
      result = clean(result);
    }
    if (stripAccents) {
      result = Normalizer.normalize(result, Normalizer.Form.NFD);
      result = Characteristics.filter(result, c -> !Characteristics.isNonspacingMark(c));
    }
    return lowercase ? Characteristics.lowercase(result) : result;
  }

  private String clean(String text) {
    var out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (cleanText && (c == 0 || c == 0xFFFD || isControl(c))) {
        continue;
      }
      if (cleanText && Characteristics.isWhiteSpace(c)) {
        out.append(' ');
      } else if (chineseCharacters && isIdeograph(c)) {
        out.append(' ').appendCodePoint(c).append(' ');
      } else {
        out.appendCodePoint(c);
      }
    }
    return out.toString();
  }

  private static boolean isControl(int c) {
    return c != '\t' && c != '\n' && c != '\r' && Characteristics.isOther(c);
  }

  /** BERT's list of blocks; that of Hugging Face leaves U+2B820 to U+2B91F out. */
  private static boolean isIdeograph(int c) {
    return c >= 0x4E00 && c <= 0x9FFF
        || c >= 0x3400 && c <= 0x4DBF
        || c >= 0x20000 && c <= 0x2A6DF
        || c >= 0x2A700 && c <= 0x2B73F
        || c >= 0x2B740 && c <= 0x2B81F
        || c >= 0x2B920 && c <= 0x2CEAF
        || c >= 0xF900 && c <= 0xFAFF
        || c >= 0x2F800 && c <= 0x2FA1F;
  }
}
