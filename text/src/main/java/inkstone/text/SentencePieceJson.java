package inkstone.text;

import inkstone.text.SentencePieceModel.Algorithm;
import inkstone.text.SentencePieceModel.Kind;
import inkstone.text.SentencePieceModel.Piece;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a SentencePiece model as the {@code tokenizer.json} that Transformers makes of it. Both
 * give the same ids but for texts in which it matters that Hugging Face orders merges by number and
 * SentencePiece by score, or that their charsmaps go by clusters and by bytes.
 */
final class SentencePieceJson {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String MARK = Character.toString(SentencePieceNormalizer.MARK);

  private final SentencePieceModel model;
  private final ObjectNode root = NODES.objectNode();

  private SentencePieceJson(SentencePieceModel model) {
    this.model = model;
  }

  static byte[] write(SentencePieceModel model) {
    return new SentencePieceJson(model).write();
  }

  private byte[] write() {
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    added(root.putArray("added_tokens"));
    boolean unigram = model.algorithm() == Algorithm.UNIGRAM;
    root.set("normalizer", normalizer(unigram));
    if (unigram) {
      root.set("pre_tokenizer", metaspace());
    } else {
      root.putNull("pre_tokenizer");
    }
    root.putNull("post_processor");
    root.set("decoder", decoder());
    root.set("model", unigram ? unigram() : bpe());
    return TokenizerJsonWriter.bytes(root);
  }

  private static ObjectNode component(String type) {
    return NODES.objectNode().put("type", type);
  }

  private static ObjectNode replace(String kind, String pattern, String content) {
    ObjectNode replace = component("Replace");
    replace.putObject("pattern").put(kind, pattern);
    return replace.put("content", content);
  }

  private void added(ArrayNode added) {
    for (int id = 0; id < model.pieces().size(); id++) {
      Piece piece = model.pieces().get(id);
      boolean special = piece.kind() == Kind.CONTROL || piece.kind() == Kind.UNKNOWN;
      if (special || piece.kind() == Kind.USER_DEFINED) {
        added.add(
            TokenizerJsonWriter.addedToken(piece.text()).put("id", id).put("special", special));
      }
    }
  }

  private ObjectNode normalizer(boolean unigram) {
    ObjectNode sequence = component("Sequence");
    ArrayNode steps = sequence.putArray("normalizers");
    if (model.charsmap().length > 0) {
      steps.add(
          component("Precompiled")
              .put("precompiled_charsmap", Base64.getEncoder().encodeToString(model.charsmap())));
    }
    if (model.removeExtraWhitespaces()) {
      steps.add(component("Strip").put("strip_left", true).put("strip_right", true));
      steps.add(replace("Regex", " {2,}", " "));
    }
    if (!unigram && model.escapeWhitespaces()) {
      if (model.dummyPrefix()) {
        steps.add(
            component(model.whitespaceAsSuffix() ? "Append" : "Prepend")
                .put(model.whitespaceAsSuffix() ? "append" : "prepend", MARK));
      }
      steps.add(replace("String", " ", MARK));
    }
    return sequence;
  }

  private ObjectNode metaspace() {
    return component("Metaspace")
        .put("replacement", MARK)
        .put("prepend_scheme", model.dummyPrefix() ? "always" : "never")
        .put("split", false);
  }

  private ObjectNode decoder() {
    ObjectNode sequence = component("Sequence");
    ArrayNode steps = sequence.putArray("decoders");
    steps.add(replace("String", MARK, " "));
    steps.add(component("ByteFallback"));
    steps.add(component("Fuse"));
    if (model.dummyPrefix() && !model.whitespaceAsSuffix()) {
      steps.add(component("Strip").put("content", " ").put("start", 1).put("stop", 0));
    }
    return sequence;
  }

  private int unknown() {
    for (int id = 0; id < model.pieces().size(); id++) {
      if (model.pieces().get(id).kind() == Kind.UNKNOWN) {
        return id;
      }
    }
    return 0;
  }

  private ObjectNode unigram() {
    ObjectNode unigram = component("Unigram").put("unk_id", unknown());
    ArrayNode vocabulary = unigram.putArray("vocab");
    for (Piece piece : model.pieces()) {
      vocabulary.addArray().add(piece.text()).add(piece.score());
    }
    return unigram.put("byte_fallback", model.byteFallback());
  }

  private ObjectNode bpe() {
    ObjectNode vocabulary = NODES.objectNode();
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < model.pieces().size(); id++) {
      vocabulary.put(model.pieces().get(id).text(), id);
      Kind kind = model.pieces().get(id).kind();
      if (kind == Kind.NORMAL || kind == Kind.USER_DEFINED) {
        ids.put(model.pieces().get(id).text(), id);
      }
    }
    ObjectNode bpe =
        component("BPE")
            .putNull("dropout")
            .put("unk_token", model.pieces().get(unknown()).text())
            .putNull("continuing_subword_prefix")
            .putNull("end_of_word_suffix")
            .put("fuse_unk", true)
            .put("byte_fallback", model.byteFallback())
            .put("ignore_merges", false);
    bpe.set("vocab", vocabulary);
    ArrayNode merges = bpe.putArray("merges");
    if (model.algorithm() == Algorithm.BPE) {
      for (Merge merge : merges(ids)) {
        merges.addArray().add(merge.left).add(merge.right);
      }
    }
    return bpe;
  }

  private record Merge(String left, String right, float score, int first, int second) {}

  /** As Transformers orders them: by the score of the result, then by the ids of the parts. */
  private List<Merge> merges(Map<String, Integer> ids) {
    var merges = new ArrayList<Merge>();
    ids.forEach(
        (piece, id) -> {
          for (int cut = 1; cut < piece.length(); cut++) {
            String left = piece.substring(0, cut);
            String right = piece.substring(cut);
            Integer first = ids.get(left);
            Integer second = ids.get(right);
            if (first != null && second != null) {
              merges.add(new Merge(left, right, model.pieces().get(id).score(), first, second));
            }
          }
        });
    merges.sort(
        Comparator.comparingDouble((Merge merge) -> -merge.score)
            .thenComparingInt(Merge::first)
            .thenComparingInt(Merge::second));
    return merges;
  }
}
