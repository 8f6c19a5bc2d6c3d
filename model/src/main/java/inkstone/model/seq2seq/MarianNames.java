package inkstone.model.seq2seq;

import static inkstone.model.seq2seq.Seq2SeqLayout.CROSS;
import static inkstone.model.seq2seq.Seq2SeqLayout.SELF;

import inkstone.model.ModelException;
import inkstone.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Our weights under a file's names and back: there each projection is a matrix of its own. */
final class MarianNames {

  private static final List<String> JOINED = List.of(SELF + "qkv_proj", CROSS + "kv_proj");
  private static final Map<String, List<String>> PARTS =
      Map.of(
          SELF + "qkv_proj", List.of(SELF + "q_proj", SELF + "k_proj", SELF + "v_proj"),
          CROSS + "kv_proj", List.of(CROSS + "k_proj", CROSS + "v_proj"));

  private MarianNames() {}

  /** Joins what a file has apart; the results are views or copies in the innermost scope. */
  static Map<String, Tensor> toNetwork(Seq2SeqConfig config, Map<String, Tensor> file) {
    var weights = new LinkedHashMap<String, Tensor>();
    for (var name : Seq2SeqLayout.of(config).keySet()) {
      var parts = parts(name);
      var found = parts.stream().map(part -> get(file, part)).toList();
      weights.put(name, found.size() == 1 ? found.getFirst() : Tensor.concat(0, found));
    }
    return weights;
  }

  /** The reverse. */
  static Map<String, Tensor> toFile(Map<String, Tensor> weights) {
    var file = new LinkedHashMap<String, Tensor>();
    weights.forEach(
        (name, weight) -> {
          var parts = parts(name);
          long rows = weight.size(0) / parts.size();
          for (int i = 0; i < parts.size(); i++) {
            file.put(
                parts.get(i),
                parts.size() == 1 ? weight : weight.narrow(0, i * rows, rows).contiguous());
          }
        });
    return file;
  }

  private static List<String> parts(String name) {
    for (var joined : JOINED) {
      int at = name.indexOf(joined);
      if (at >= 0) {
        var end = name.substring(at + joined.length());
        return PARTS.getOrDefault(joined, List.of()).stream()
            .map(part -> name.substring(0, at) + part + end)
            .toList();
      }
    }
    return List.of(name);
  }

  private static Tensor get(Map<String, Tensor> file, String name) {
    var weight = file.get(name);
    if (weight == null) {
      throw new ModelException("weight '" + name + "' is missing");
    }
    return weight;
  }
}
