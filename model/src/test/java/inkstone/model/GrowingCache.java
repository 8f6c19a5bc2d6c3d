package inkstone.model;

import inkstone.tensor.Device;
import inkstone.tensor.KvPage;
import inkstone.tensor.KvType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The simplest cache there is: each sequence has pages of its own. */
final class GrowingCache implements KvCache, AutoCloseable {

  private final KvPage.Shape shape;
  private final Map<Integer, List<KvPage>> known = new HashMap<>();

  GrowingCache(DecoderConfig config) {
    shape =
        new KvPage.Shape(KvType.FLOAT32, config.layers(), config.keyValueHeads(), config.headDim());
  }

  @Override
  public List<KvPage> pages(int sequence, int tokens) {
    var pages = known.computeIfAbsent(sequence, number -> new ArrayList<>());
    while (pages.size() * KvPage.TOKENS < tokens) {
      pages.add(KvPage.of(shape, Device.CPU));
    }
    return pages;
  }

  @Override
  public void close() {
    known.values().forEach(pages -> pages.forEach(KvPage::close));
  }
}
