package inkstone.text;

import inkstone.text.PreTokenizer.Cut;
import inkstone.text.SentencePieceModel.Algorithm;
import inkstone.text.SentencePieceModel.Kind;
import inkstone.text.SentencePieceModel.Piece;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tokenizer that gives the ids of SentencePiece itself. Control pieces are special tokens; the
 * unknown piece is none, since text yields it. A piece that is marked unused is never given. It is
 * saved as the {@code tokenizer.json} that Hugging Face would convert it to.
 */
final class SentencePiece {

  private final SentencePieceModel model;
  private final String where;
  private final Map<String, Integer> plain = new HashMap<>();
  private final Map<String, Integer> userDefined = new HashMap<>();
  private final List<AddedToken> control = new ArrayList<>();
  private final int[] bytes = new int[256];
  private int unknown = -1;

  private SentencePiece(SentencePieceModel model, String where) {
    this.model = model;
    this.where = where;
    Arrays.fill(bytes, -1);
    var seen = new HashMap<String, Integer>();
    for (int id = 0; id < model.pieces().size(); id++) {
      Piece piece = model.pieces().get(id);
      Integer other = piece.kind() == Kind.UNUSED ? null : seen.put(piece.text(), id);
      if (other != null) {
        throw error("the pieces %d and %d are both '%s'".formatted(other, id, piece.text()));
      }
      add(piece, id);
    }
    if (unknown < 0 && !model.byteFallback()) {
      throw error("has no piece of the type UNKNOWN");
    }
    for (int b = 0; model.byteFallback() && b < 256; b++) {
      if (bytes[b] < 0) {
        throw error("has byte_fallback, but lacks the piece " + ByteFallbackStep.token(b));
      }
    }
  }

  /** The tokenizer; {@code where} names the file in messages. */
  static ComposedTokenizer tokenizer(SentencePieceModel model, String where) {
    return new SentencePiece(model, where).tokenizer();
  }

  private void add(Piece piece, int id) {
    switch (kind(piece)) {
      case NORMAL -> plain.put(piece.text(), id);
      case USER_DEFINED -> {
        plain.put(piece.text(), id);
        userDefined.put(piece.text(), id);
      }
      case CONTROL -> control.add(AddedToken.special(id, piece.text()));
      case UNKNOWN -> {
        if (unknown >= 0) {
          throw error("has two pieces of the type UNKNOWN");
        }
        unknown = id;
      }
      case BYTE -> {
        int value = ByteFallbackStep.byteOf(piece.text());
        if (value < 0) {
          throw error("piece %d '%s' is no byte".formatted(id, piece.text()));
        }
        bytes[value] = id;
      }
      case UNUSED -> {}
    }
  }

  /** What is written {@code <|...|>} nobody means as plain text, however it is marked. */
  private static Kind kind(Piece piece) {
    boolean control = piece.text().startsWith("<|") && piece.text().endsWith("|>");
    return control && piece.kind() == Kind.USER_DEFINED ? Kind.CONTROL : piece.kind();
  }

  private TokenizerException error(String problem) {
    return new TokenizerException(where + ": " + problem);
  }

  private ComposedTokenizer tokenizer() {
    return new ComposedTokenizer(
        textModel(),
        decoding(),
        control,
        new SentencePieceNormalizer(model, List.copyOf(userDefined.keySet()), where),
        PostProcessor.NONE,
        () -> SentencePieceJson.write(model));
  }

  private TextModel textModel() {
    if (model.algorithm() == Algorithm.UNIGRAM) {
      return new Pipeline(List.of(), unigram());
    }
    Merges merges = model.algorithm() == Algorithm.BPE ? merges() : noMerges();
    var options =
        new CharacterBpe.Options(unknown, true, model.byteFallback() ? bytes : null, false, "", "");
    SubwordModel bpe = new CharacterBpe(plain, merges, options);
    SubwordModel whole = userDefined.isEmpty() ? bpe : new UserDefined(userDefined, bpe);
    return new Pipeline(
        partsAtMarks(merges)
            ? List.of(new Cut(Splitter.before(SentencePieceNormalizer.MARK)))
            : List.of(),
        whole);
  }

  private static Merges noMerges() {
    return new Merges(new int[0], new int[0], new int[0]);
  }

  /**
   * Whether no piece has a mark behind another character: then words can be encoded one by one, and
   * remembered, without a change.
   */
  private boolean partsAtMarks(Merges merges) {
    char mark = SentencePieceNormalizer.MARK;
    for (String piece : plain.keySet()) {
      for (int i = 1; i < piece.length(); i++) {
        if (piece.charAt(i) == mark && piece.charAt(i - 1) != mark) {
          return false;
        }
      }
    }
    return plain.containsKey(Character.toString(mark)) && merges.count() > 0;
  }

  /**
   * Every way to join two pieces to a third; that of the highest score first, and of equals the
   * leftmost.
   */
  private Merges merges() {
    var left = new IntList(1 << 12);
    var right = new IntList(1 << 12);
    var merged = new IntList(1 << 12);
    for (var entry : plain.entrySet()) {
      String piece = entry.getKey();
      for (int cut = 1; cut < piece.length(); cut++) {
        Integer first = plain.get(piece.substring(0, cut));
        Integer second = first == null ? null : plain.get(piece.substring(cut));
        if (first != null && second != null) {
          left.add(first);
          right.add(second);
          merged.add(entry.getValue());
        }
      }
    }
    float[] scores = scores();
    float[] ordered = scores.clone();
    Arrays.sort(ordered);
    var priorities = new int[merged.size()];
    for (int i = 0; i < priorities.length; i++) {
      priorities[i] = ordered.length - lastAtMost(ordered, scores[merged.get(i)]);
    }
    return new Merges(left.toArray(), right.toArray(), merged.toArray(), priorities);
  }

  /** How many of the ascending {@code scores} are at most {@code score}. */
  private static int lastAtMost(float[] scores, float score) {
    int low = 0;
    int high = scores.length;
    while (low < high) {
      int middle = low + high >>> 1;
      if (scores[middle] <= score) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private float[] scores() {
    var scores = new float[model.pieces().size()];
    for (int id = 0; id < scores.length; id++) {
      scores[id] = model.pieces().get(id).score();
    }
    return scores;
  }

  private Unigram unigram() {
    float least = Float.MAX_VALUE;
    float most = Float.MIN_NORMAL;
    for (Piece piece : model.pieces()) {
      if (piece.kind() == Kind.NORMAL) {
        least = Math.min(least, piece.score());
        most = Math.max(most, piece.score());
      }
    }
    var scores = new double[model.pieces().size()];
    for (int id = 0; id < scores.length; id++) {
      Piece piece = model.pieces().get(id);
      // A user-defined piece gets so much that it is always taken.
      scores[id] =
          piece.kind() == Kind.USER_DEFINED
              ? Utf8.encode(piece.text()).length * most - 0.1
              : piece.score();
    }
    return new Unigram(plain, scores, least, unknown, model.byteFallback() ? bytes : null, true);
  }

  private Decoding decoding() {
    var names = new @Nullable String[model.pieces().size()];
    for (int id = 0; id < names.length; id++) {
      Piece piece = model.pieces().get(id);
      names[id] =
          switch (kind(piece)) {
            case CONTROL -> null;
            case UNKNOWN -> model.unknownSurface();
            default -> piece.text();
          };
    }
    boolean stripped = model.dummyPrefix() || model.removeExtraWhitespaces();
    return new ChainDecoding(
        names,
        List.of(
            new SpaceStep(stripped, model.removeExtraWhitespaces()), new ByteFallbackStep(false)));
  }
}
