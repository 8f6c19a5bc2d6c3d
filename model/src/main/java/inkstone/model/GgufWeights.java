package inkstone.model;

import inkstone.model.GgufArchitecture.Place;
import inkstone.tensor.Gguf;
import inkstone.tensor.GgufFile;
import inkstone.tensor.QuantizedMatrix;
import inkstone.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The tensors of a GGUF file on their way to a decoder, some of them as {@link StoredRows}. */
final class GgufWeights {

  private static final Pattern BLOCK = Pattern.compile("(.*\\.\\d+\\..*)\\.[^.]+\\.[^.]+");

  private final GgufFile file;
  private final boolean blocks;
  private final Map<String, Boolean> keeps = new HashMap<>();
  private final Map<String, Tensor> experts = new HashMap<>();
  private final StoredRows rows = new StoredRows();

  /** Whether {@code blocks} that can stay do. */
  GgufWeights(GgufFile file, boolean blocks) {
    this.file = file;
    this.blocks = blocks;
  }

  /** Tells where each of Hugging Face's tensors lies; needed before {@link #read}. */
  void places(Map<String, Place> places) {
    places.forEach(
        (theirs, place) -> {
          var entry = file.entry(place.tensor());
          if (entry.shape().size() >= 2) {
            boolean can = blocks && QuantizedMatrix.keeps(entry.type(), entry.shape().getLast());
            keeps.merge(module(theirs), can, Boolean::logicalAnd);
          }
        });
  }

  /** What is joined lies in one module of a block, and stays as it is only as a whole. */
  private static String module(String theirs) {
    var block = BLOCK.matcher(theirs);
    return block.matches() ? block.group(1) : theirs;
  }

  /** The numbers of a tensor, or those of its rows. */
  Tensor read(String theirs, Place place) {
    var shape = file.entry(place.tensor()).shape();
    boolean stays =
        shape.size() >= 2 && !shape.contains(0L) && keeps.getOrDefault(module(theirs), false);
    if (place.expert() == Place.WHOLE) {
      return stays ? rows(place.tensor()) : Gguf.read(file, place.tensor());
    }
    var all =
        experts.computeIfAbsent(place.tensor(), name -> stays ? rows(name) : Gguf.read(file, name));
    long rows = shape.get(1);
    return all.reshape(shape.getFirst() * rows, -1).narrow(0, place.expert() * rows, rows);
  }

  /** The numbers of the rows of a matrix, or of matrices one behind the other. */
  private Tensor rows(String name) {
    var entry = file.entry(name);
    var shape = entry.shape();
    long count = shape.stream().limit(shape.size() - 1).reduce(1L, Math::multiplyExact);
    return rows.send(new Blocks(entry), count);
  }

  /** The decoder's weights, of what came out of the formats. */
  Map<String, Weight> arranged(Map<String, Tensor> tensors) {
    return rows.receive(tensors);
  }

  private record Blocks(GgufFile.Entry entry) implements StoredRows.Source {
    @Override
    public Object form() {
      return entry.type();
    }

    private MemorySegment row(int number) {
      var type = entry.type();
      long bytes = entry.shape().getLast() / type.blockElements() * type.blockBytes();
      return entry.data().asSlice(number * bytes, bytes);
    }

    @Override
    public QuantizedMatrix matrix(List<StoredRows.Row> rows) {
      var matrix =
          QuantizedMatrix.of(
              entry.type(),
              rows.size(),
              Math.toIntExact(entry.shape().getLast()),
              i -> ((Blocks) rows.get(i).source()).row(rows.get(i).number()));
      StoredRows.Source last = this;
      unload();
      for (var row : rows) {
        if (row.source() != last) {
          last = row.source();
          ((Blocks) last).unload();
        }
      }
      return matrix;
    }

    /** What was packed need not stay in memory a second time; whoever reads it again may. */
    private void unload() {
      if (entry.data().isMapped()) {
        entry.data().unload();
      }
    }
  }
}
