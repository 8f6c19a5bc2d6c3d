package inkstone.text;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What a SentencePiece {@code tokenizer.model} says ({@code sentencepiece_model.proto}).
 *
 * @param pieces the vocabulary; a piece's place is its id
 * @param algorithm how text becomes pieces
 * @param byteFallback an unknown character becomes its bytes
 * @param whitespaceAsSuffix a space belongs to the word before it
 * @param unknownSurface what the unknown piece decodes to
 * @param charsmap the normalisation rules, empty where there are none
 * @param dummyPrefix a space is put before the text
 * @param removeExtraWhitespaces spaces at the ends are dropped, several become one
 * @param escapeWhitespaces a space is written as U+2581
 */
@SuppressWarnings("ArrayRecordComponent")
record SentencePieceModel(
    List<Piece> pieces,
    Algorithm algorithm,
    boolean byteFallback,
    boolean whitespaceAsSuffix,
    String unknownSurface,
    byte[] charsmap,
    boolean dummyPrefix,
    boolean removeExtraWhitespaces,
    boolean escapeWhitespaces) {

  /** What SentencePiece writes for the unknown piece unless it is told otherwise. */
  static final String UNKNOWN_SURFACE = " \u2047 ";

  /** One token of the vocabulary. */
  record Piece(String text, float score, Kind kind) {}

  /** What a piece is for; the order is that of the file's numbers from 1. */
  enum Kind {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  /** How text becomes pieces. */
  enum Algorithm {
    UNIGRAM,
    BPE,
    WORD,
    CHAR
  }

  /**
   * Reads a file's bytes; {@code where} names it in messages.
   *
   * @throws TokenizerException where it is damaged or asks for what is not supported
   */
  static SentencePieceModel read(byte[] bytes, String where) {
    return new Reader(where).read(bytes);
  }

  private static final class Reader {
    private final String where;
    private final List<Piece> pieces = new ArrayList<>();
    private Algorithm algorithm = Algorithm.UNIGRAM;
    private boolean byteFallback;
    private boolean whitespaceAsSuffix;
    private String unknownSurface = UNKNOWN_SURFACE;
    private byte[] charsmap = {};
    private boolean dummyPrefix = true;
    private boolean removeExtraWhitespaces = true;
    private boolean escapeWhitespaces = true;

    Reader(String where) {
      this.where = where;
    }

    SentencePieceModel read(byte[] bytes) {
      var model = new Protobuf(ByteBuffer.wrap(bytes), where);
      while (model.next()) {
        switch (model.field()) {
          case 1 -> piece(model.bytes());
          case 2 -> trainer(model.bytes());
          case 3 -> normalizer(model.bytes());
          case 5 -> denormalizer(model.bytes());
          default -> model.skip();
        }
      }
      if (pieces.isEmpty()) {
        throw new TokenizerException(
            where + ": holds no pieces; is this a SentencePiece model? fetch it again");
      }
      return new SentencePieceModel(
          List.copyOf(pieces),
          algorithm,
          byteFallback,
          whitespaceAsSuffix,
          unknownSurface,
          charsmap,
          dummyPrefix,
          removeExtraWhitespaces,
          escapeWhitespaces);
    }

    private void piece(ByteBuffer bytes) {
      var message = new Protobuf(bytes, where);
      String text = "";
      float score = 0;
      Kind kind = Kind.NORMAL;
      while (message.next()) {
        switch (message.field()) {
          case 1 -> text = message.text();
          case 2 -> score = message.real();
          case 3 -> kind = one(Kind.values(), message.number(), "pieces.type");
          default -> message.skip();
        }
      }
      if (text.isEmpty()) {
        throw new TokenizerException("%s: piece %d has no text".formatted(where, pieces.size()));
      }
      pieces.add(new Piece(text, score, kind));
    }

    private void trainer(ByteBuffer bytes) {
      var message = new Protobuf(bytes, where);
      while (message.next()) {
        switch (message.field()) {
          case 3 ->
              algorithm = one(Algorithm.values(), message.number(), "trainer_spec.model_type");
          case 24 -> whitespaceAsSuffix = message.number() != 0;
          case 35 -> byteFallback = message.number() != 0;
          case 44 -> unknownSurface = message.text();
          default -> message.skip();
        }
      }
      if (algorithm == Algorithm.WORD) {
        throw new TokenizerException(
            where
                + ": trainer_spec.model_type 'WORD' is not supported; supported: UNIGRAM, BPE,"
                + " CHAR");
      }
    }

    private void normalizer(ByteBuffer bytes) {
      var message = new Protobuf(bytes, where);
      while (message.next()) {
        switch (message.field()) {
          case 2 -> charsmap = array(message.bytes());
          case 3 -> dummyPrefix = message.number() != 0;
          case 4 -> removeExtraWhitespaces = message.number() != 0;
          case 5 -> escapeWhitespaces = message.number() != 0;
          default -> message.skip();
        }
      }
    }

    private void denormalizer(ByteBuffer bytes) {
      var message = new Protobuf(bytes, where);
      while (message.next()) {
        if (message.field() == 2 && message.bytes().hasRemaining()) {
          throw new TokenizerException(
              where
                  + ": denormalizer_spec 'precompiled_charsmap' is not supported; supported: none");
        } else if (message.field() != 2) {
          message.skip();
        }
      }
    }

    private <T> T one(T[] values, long number, String key) {
      if (number < 1 || number > values.length) {
        throw new TokenizerException(
            "%s: %s %d is not known; known: 1 to %d".formatted(where, key, number, values.length));
      }
      return values[(int) number - 1];
    }

    private static byte[] array(ByteBuffer bytes) {
      var array = new byte[bytes.remaining()];
      bytes.get(array);
      return array;
    }
  }
}
