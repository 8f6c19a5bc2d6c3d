package inkstone.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class BenchResultTest {

  private static BenchResult result(List<Double> theirs) {
    var details = new LinkedHashMap<String, Object>();
    details.put("size", "tiny");
    details.put("ours_resident_bytes", OptionalLong.of(3 << 20));
    details.put("theirs_resident_bytes", OptionalLong.empty());
    return BenchResult.of(
        "train",
        theirs.isEmpty() ? BenchResult.NO_PEER : "them 1.0",
        "tokens/s",
        new PairedRounds(PairedRounds.Better.HIGHER, List.of(3.0, 6.0), theirs),
        OptionalDouble.of(0.25),
        OptionalDouble.empty(),
        details);
  }

  @Test
  void theDocumentHasEveryFieldInOrderAndTheDetailsBesideThem() {
    assertEquals(
        "{\"work\":\"train\",\"peer\":\"them 1.0\",\"unit\":\"tokens/s\",\"ours\":4.5,\"theirs\":2.0,"
            + "\"ratio\":2.25,\"ratio_min\":1.5,\"ratio_max\":3.0,\"roof_share\":0.25,"
            + "\"memory_ratio\":null,\"size\":\"tiny\",\"ours_resident_bytes\":3145728,"
            + "\"theirs_resident_bytes\":null}",
        result(List.of(2.0, 2.0)).toJson());
  }

  @Test
  void withoutAPeerWhatNeedsOneIsNull() {
    var json = result(List.of()).toJson();
    assertTrue(
        json.contains("\"theirs\":null,\"ratio\":null,\"ratio_min\":null,\"ratio_max\":null"),
        json);
  }

  @Test
  void theTableHasBothSidesAndTheRatio() {
    var table = BenchTable.of(result(List.of(2.0, 2.0)));
    assertTrue(table.contains("ratio 2.250 [1.500 .. 3.000]"), table);
    assertTrue(table.contains("them 1.0"), table);
    assertTrue(table.contains("3 MiB"), table);
    var rows = table.lines().limit(3).map(String::length).distinct().toList();
    assertEquals(1, rows.size(), table); // the columns stand below each other
    var alone = BenchTable.of(result(List.of()));
    assertTrue(alone.endsWith("share of the roof: 0.250"), alone);
  }
}
