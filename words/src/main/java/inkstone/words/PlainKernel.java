package inkstone.words;

/** The arithmetic in plain Java: the reference, and the way where the Vector API is missing. */
final class PlainKernel extends Kernel {

  PlainKernel(int inputs) {
    super(inputs);
  }

  @Override
  void dots(float[] in, int input, float[] out, int[] outputs, int from, int stride) {
    for (int k = 0; k < OUTPUTS; k++) {
      float sum = 0;
      int output = outputs[from + k];
      for (int d = 0; d < stride; d++) {
        sum += in[input + d] * out[output + d];
      }
      dots[k] = sum;
    }
  }

  @Override
  void move(float[] in, int[] inputs, int m, float[] out, int[] outputs, int from, int stride) {
    var moved = new float[OUTPUTS];
    for (int d = 0; d < stride; d++) {
      for (int i = 0; i < m; i++) {
        float x = in[inputs[i] + d];
        float y = x;
        for (int k = 0; k < OUTPUTS; k++) {
          float step = steps[i * OUTPUTS + k];
          y += step * out[outputs[from + k] + d];
          moved[k] += step * x;
        }
        in[inputs[i] + d] = y;
      }
      for (int k = 0; k < OUTPUTS; k++) {
        out[outputs[from + k] + d] += moved[k];
        moved[k] = 0;
      }
    }
  }

  @Override
  void mean(float[] in, int[] inputs, int m, float[] to, int at, int stride) {
    for (int d = 0; d < stride; d++) {
      float sum = 0;
      for (int i = 0; i < m; i++) {
        sum += in[inputs[i] + d];
      }
      to[at + d] = sum * (1f / m);
    }
  }

  @Override
  void addDifference(
      float[] in, int[] inputs, int m, float[] of, int after, int before, int stride) {
    for (int d = 0; d < stride; d++) {
      float difference = of[after + d] - of[before + d];
      for (int i = 0; i < m; i++) {
        in[inputs[i] + d] += difference;
      }
    }
  }
}
