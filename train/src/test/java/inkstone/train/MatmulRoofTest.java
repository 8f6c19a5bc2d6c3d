package inkstone.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.DecoderConfig;
import inkstone.tensor.DType;
import inkstone.tensor.Device;
import inkstone.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MatmulRoofTest {

  @Test
  void aRateIsAPositiveNumberAndNothingStaysBehind() {
    long before = Tensor.live();
    for (var config :
        new DecoderConfig[] {
          DecoderConfig.gpt2(65, 16, 16, 1, 2), DecoderConfig.llama(65, 16, 16, 1, 2)
        }) {
      double roof = MatmulRoof.of(config, 32, DType.FLOAT32, Device.CPU, 0.001);
      assertTrue(roof > 0 && Double.isFinite(roof), "roof " + roof);
    }
    assertEquals(before, Tensor.live());
  }
}
