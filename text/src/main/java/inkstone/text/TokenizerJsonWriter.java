package inkstone.text;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes {@code tokenizer.json} and {@code tokenizer_config.json}, the same bytes every time. */
final class TokenizerJsonWriter {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper JSON = new JsonMapper();

  private TokenizerJsonWriter() {}

  /** The 256 bytes in the form that byte-level vocabularies have, each with its value as id. */
  static Map<String, Integer> byteVocabulary() {
    var vocabulary = new LinkedHashMap<String, Integer>();
    for (int b = 0; b < 256; b++) {
      vocabulary.put(ByteAlphabet.write(new byte[] {(byte) b}), b);
    }
    return vocabulary;
  }

  /**
   * A byte-level BPE tokenizer.
   *
   * @param vocabulary the written tokens and their ids; {@code special} go after the highest
   * @param merges two written tokens with a space between, first the first
   */
  static byte[] byteLevel(
      Map<String, Integer> vocabulary,
      List<String> merges,
      List<String> special,
      SplitPattern split) {
    return bytes(byteLevelTree(vocabulary, merges, special, split));
  }

  /** The same, not written out. */
  static ObjectNode byteLevelTree(
      Map<String, Integer> vocabulary,
      List<String> merges,
      List<String> special,
      SplitPattern split) {
    ObjectNode byteLevel =
        NODES
            .objectNode()
            .put("type", "ByteLevel")
            .put("add_prefix_space", false)
            .put("trim_offsets", true)
            .put("use_regex", split == SplitPattern.GPT2);
    ObjectNode root = NODES.objectNode();
    ObjectNode all = withSpecial(root, vocabulary, special);
    if (split == SplitPattern.QWEN) {
      root.putObject("normalizer").put("type", "NFC");
    } else {
      root.putNull("normalizer");
    }
    if (split == SplitPattern.GPT2) {
      root.set("pre_tokenizer", byteLevel);
    } else {
      ObjectNode cut = NODES.objectNode().put("type", "Split");
      cut.putObject("pattern").put("Regex", split.regex());
      cut.put("behavior", "Isolated").put("invert", false);
      root.putObject("pre_tokenizer")
          .put("type", "Sequence")
          .putArray("pretokenizers")
          .add(cut)
          .add(byteLevel);
    }
    root.putNull("post_processor");
    root.set("decoder", byteLevel.deepCopy().put("use_regex", true));
    root.set("model", model(false, all, merges));
    return root;
  }

  /** Cuts by each of these patterns in turn, then writes bytes. */
  static ObjectNode splits(List<String> regexes) {
    ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
    var steps = sequence.putArray("pretokenizers");
    for (String regex : regexes) {
      ObjectNode cut = steps.addObject().put("type", "Split");
      cut.putObject("pattern").put("Regex", regex);
      cut.put("behavior", "Isolated").put("invert", false);
    }
    steps
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", false);
    return sequence;
  }

  /** A character tokenizer: {@code characters} get the ids after the 256 bytes. */
  static byte[] characters(Collection<Integer> characters, List<String> special) {
    var vocabulary = new LinkedHashMap<String, Integer>();
    for (int b = 0; b < 256; b++) {
      vocabulary.put("<0x%02X>".formatted(b), b);
    }
    characters.forEach(c -> vocabulary.put(Character.toString(c), vocabulary.size()));
    ObjectNode root = NODES.objectNode();
    ObjectNode all = withSpecial(root, vocabulary, special);
    root.putNull("normalizer").putNull("pre_tokenizer").putNull("post_processor");
    root.putObject("decoder")
        .put("type", "Sequence")
        .putArray("decoders")
        .add(NODES.objectNode().put("type", "ByteFallback"))
        .add(NODES.objectNode().put("type", "Fuse"));
    root.set("model", model(true, all, List.of()));
    return bytes(root);
  }

  /** Starts {@code root} with the list of special tokens; gives the vocabulary that has them. */
  private static ObjectNode withSpecial(
      ObjectNode root, Map<String, Integer> vocabulary, List<String> special) {
    ObjectNode all = NODES.objectNode();
    vocabulary.forEach(all::put);
    root.put("version", "1.0").putNull("truncation").putNull("padding");
    var added = root.putArray("added_tokens");
    int next = vocabulary.values().stream().mapToInt(i -> i).max().orElse(-1) + 1;
    for (String name : special) {
      if (name.isEmpty()) {
        throw new TokenizerException("a special token needs a name of at least one character");
      }
      Integer known = vocabulary.get(name);
      int id = known == null ? next++ : known;
      all.put(name, id);
      added.add(addedToken(name).put("id", id));
    }
    return all;
  }

  static ObjectNode addedToken(String content) {
    return NODES
        .objectNode()
        .put("id", 0)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private static ObjectNode model(
      boolean byteFallback, ObjectNode vocabulary, List<String> merges) {
    ObjectNode model =
        NODES
            .objectNode()
            .put("type", "BPE")
            .putNull("dropout")
            .putNull("unk_token")
            .putNull("continuing_subword_prefix")
            .putNull("end_of_word_suffix")
            .put("fuse_unk", false)
            .put("byte_fallback", byteFallback)
            .put("ignore_merges", false);
    model.set("vocab", vocabulary);
    merges.forEach(model.putArray("merges")::add);
    return model;
  }

  /** The {@code tokenizer_config.json} of a tokenizer with these special tokens. */
  static byte[] config(Map<String, Integer> special) {
    ObjectNode root = NODES.objectNode();
    ObjectNode decoder = NODES.objectNode();
    special.forEach(
        (name, id) -> {
          ObjectNode token = addedToken(name);
          token.remove("id");
          decoder.set(Integer.toString(id), token);
        });
    root.set("added_tokens_decoder", decoder);
    root.put("clean_up_tokenization_spaces", false);
    Optional<String> end =
        Stream.of("<|endoftext|>", "<|end_of_text|>", "</s>")
            .filter(special::containsKey)
            .findFirst();
    end.ifPresent(name -> root.put("bos_token", name).put("eos_token", name));
    root.put("tokenizer_class", "PreTrainedTokenizerFast");
    return bytes(root);
  }

  static byte[] bytes(ObjectNode root) {
    var indent = new DefaultIndenter("  ", "\n");
    var printer = new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent);
    String text = JSON.writer().with(printer).writeValueAsString(root);
    return (text + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
