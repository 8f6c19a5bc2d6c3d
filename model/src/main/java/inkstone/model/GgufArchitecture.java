package inkstone.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How the GGUF files of one architecture say what a Hugging Face directory says: names of
 * configuration keys and of tensors. The {@link Family} of that model type does all the rest.
 *
 * @param name {@code general.architecture}
 * @param modelType {@code model_type} of config.json
 * @param keys configuration keys; where several GGUF keys stand for one, the first that a file has
 *     counts, and all are written
 * @param blocks what Hugging Face writes before the number of a block
 * @param whole tensors outside of blocks, ours and theirs, without {@code .weight} and {@code
 *     .bias}
 * @param parts tensors of a block, the same way
 * @param experts matrices that lie one behind the other in one tensor of a block; a star in their
 *     name stands for the expert's number
 * @see <a
 *     href="https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py">names</a>
 */
record GgufArchitecture(
    String name,
    String modelType,
    List<Key> keys,
    String blocks,
    Map<String, String> whole,
    Map<String, String> parts,
    Map<String, String> experts,
    Set<Trait> traits) {

  /** What is arranged otherwise than in a Hugging Face directory. */
  enum Trait {
    /**
     * The rows of queries and keys stand in the order in which llama.cpp turns them: numbers 0 and
     * 1 are a pair, not 0 and half.
     */
    NEIGHBOURS,
    /** Hugging Face stores the matrices of a block as [in, out]; GGUF never does. */
    TRANSPOSED,
    /** Norms multiply by their weight, and not by 1 more. */
    WHOLE_NORMS
  }

  private static final Pattern BLOCK = Pattern.compile("blk\\.(\\d{1,6})\\.(.+)");

  /** A number of the configuration: Hugging Face's key and GGUF's behind the architecture. */
  record Key(String theirs, String gguf, boolean whole) {
    static Key whole(String theirs, String gguf) {
      return new Key(theirs, gguf, true);
    }

    static Key number(String theirs, String gguf) {
      return new Key(theirs, gguf, false);
    }
  }

  /** A tensor of a file, or the part of one that is an expert's. */
  record Place(String tensor, int expert) {
    /** No expert's: the whole tensor. */
    static final int WHOLE = -1;
  }

  boolean has(Trait trait) {
    return traits.contains(trait);
  }

  /** The name of a key in a file. */
  String key(String gguf) {
    return name + "." + gguf;
  }

  /**
   * Hugging Face's names of a tensor, and where in it each lies; none for a tensor that this
   * architecture does not have.
   *
   * @param matrices how many lie one behind the other
   */
  Map<String, Place> theirs(String gguf, long matrices) {
    int dot = gguf.lastIndexOf('.');
    if (dot < 0) {
      return Map.of();
    }
    var kind = gguf.substring(dot);
    var stem = gguf.substring(0, dot);
    var block = BLOCK.matcher(stem);
    if (!block.matches()) {
      return Optional.ofNullable(whole.get(stem))
          .map(name -> Map.of(name + kind, new Place(gguf, Place.WHOLE)))
          .orElse(Map.of());
    }
    var prefix = blocks + Integer.parseInt(block.group(1)) + ".";
    var part = parts.get(block.group(2));
    if (part != null) {
      return Map.of(prefix + part + kind, new Place(gguf, Place.WHOLE));
    }
    var names = new LinkedHashMap<String, Place>();
    var expert = experts.get(block.group(2));
    for (int i = 0; expert != null && i < matrices; i++) {
      names.put(prefix + expert.replace("*", Integer.toString(i)) + kind, new Place(gguf, i));
    }
    return names;
  }

  /** Where each of Hugging Face's tensors goes, of a network with so many blocks and experts. */
  Map<String, Place> places(int layers, int count) {
    var places = new LinkedHashMap<String, Place>();
    for (var kind : List.of(".weight", ".bias")) {
      whole.keySet().forEach(tensor -> places.putAll(theirs(tensor + kind, 0)));
      for (int layer = 0; layer < layers; layer++) {
        for (var tensor : parts.keySet()) {
          places.putAll(theirs("blk." + layer + "." + tensor + kind, 0));
        }
        for (var tensor : experts.keySet()) {
          places.putAll(theirs("blk." + layer + "." + tensor + kind, count));
        }
      }
    }
    return places;
  }
}
