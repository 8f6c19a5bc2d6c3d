package inkstone.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/**
 * A run of tokens {@code <0x00>} to {@code <0xFF>} becomes the text that its bytes are. Where they
 * are not UTF-8, Hugging Face makes each byte of the run U+FFFD, SentencePiece only those that are
 * part of no character.
 *
 * @param whole as Hugging Face does; a run is then held back until it ends
 */
record ByteFallbackStep(boolean whole) implements DecoderStep {

  /** The byte that a token stands for, negative for another token. */
  static int byteOf(String token) {
    if (token.length() != 6 || !token.startsWith("<0x") || token.charAt(5) != '>') {
      return -1;
    }
    int high = Character.digit(token.charAt(3), 16);
    int low = Character.digit(token.charAt(4), 16);
    return high < 0 || low < 0 || token.charAt(3) > 'f' || token.charAt(4) > 'f'
        ? -1
        : high << 4 | low;
  }

  /** The token of a byte. */
  static String token(int value) {
    return "<0x%02X>".formatted(value);
  }

  @Override
  public String inside(String token) {
    return token;
  }

  @Override
  public Sink into(Sink next, boolean continuing) {
    return whole ? wholeRuns(next) : new CharacterRuns(next);
  }

  private static Sink wholeRuns(Sink next) {
    return new Sink() {
      private final ByteArrayOutputStream run = new ByteArrayOutputStream();

      @Override
      public void accept(String token) {
        int value = byteOf(token);
        if (value >= 0) {
          run.write(value);
          return;
        }
        flush();
        next.accept(token);
      }

      @Override
      public void end() {
        flush();
        next.end();
      }

      private void flush() {
        if (run.size() == 0) {
          return;
        }
        try {
          next.accept(UTF_8.newDecoder().decode(ByteBuffer.wrap(run.toByteArray())).toString());
        } catch (CharacterCodingException e) {
          for (int i = 0; i < run.size(); i++) {
            next.accept("\uFFFD");
          }
        }
        run.reset();
      }
    };
  }

  /** Hands on every character as soon as its bytes are there. */
  private static final class CharacterRuns implements Sink {
    private final Sink next;
    private final byte[] run = new byte[4];
    private int length;

    CharacterRuns(Sink next) {
      this.next = next;
    }

    @Override
    public void accept(String token) {
      int value = byteOf(token);
      if (value < 0) {
        flush();
        next.accept(token);
        return;
      }
      run[length++] = (byte) value;
      while (length > 0 && (isCharacter() || !mayBecomeCharacter())) {
        drop();
      }
    }

    @Override
    public void end() {
      flush();
      next.end();
    }

    private void flush() {
      while (length > 0) {
        drop();
      }
    }

    /** Hands on the first character, or U+FFFD for a byte that begins none. */
    private void drop() {
      int width = isCharacter() ? length : 1;
      next.accept(isCharacter() ? new String(run, 0, length, UTF_8) : "\uFFFD");
      System.arraycopy(run, width, run, 0, length - width);
      length -= width;
    }

    private boolean isCharacter() {
      String text = new String(run, 0, length, UTF_8);
      return text.codePointCount(0, text.length()) == 1
          && Arrays.equals(text.getBytes(UTF_8), Arrays.copyOf(run, length));
    }

    private boolean mayBecomeCharacter() {
      int first = run[0] & 0xFF;
      int width = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
      boolean continued = true;
      for (int i = 1; i < length; i++) {
        continued &= (run[i] & 0xC0) == 0x80;
      }
      return first < 0xF5 && length < width && continued;
    }
  }
}
