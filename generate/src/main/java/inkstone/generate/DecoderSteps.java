package inkstone.generate;

import inkstone.generate.BeamSearch.Continuation;
import inkstone.tensor.Functions;
import inkstone.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The steps of a network after a prompt. Texts share the pages of what they have in common. */
final class DecoderSteps implements BeamSearch.Steps, AutoCloseable {

  private final Stepper stepper;
  private final int[] prompt;
  private List<CachedSequence> texts = List.of();

  DecoderSteps(Stepper stepper, int[] prompt) {
    this.stepper = stepper;
    this.prompt = prompt.clone();
  }

  @Override
  public List<float[]> next(List<Continuation> continuations) {
    if (texts.isEmpty()) {
      return List.of(begin());
    }
    var forks = continuations.stream().map(each -> texts.get(each.parent()).fork()).toList();
    close();
    texts = forks;
    var news = continuations.stream().map(each -> new int[] {each.token()}).toList();
    var wanted = new int[news.size()];
    Arrays.fill(wanted, 1);
    var rows =
        stepper.forward(
            texts,
            news,
            wanted,
            logits -> {
              var logprobs = Functions.logSoftmax(logits);
              var all = new ArrayList<float[]>();
              for (int i = 0; i < news.size(); i++) {
                all.add(logprobs.select(0, i).toFloats());
              }
              return all;
            });
    for (int i = 0; i < forks.size(); i++) {
      forks.get(i).add(news.get(i));
    }
    return rows;
  }

  private float[] begin() {
    var text = CachedSequence.open(stepper.pool(), prompt, prompt.length - 1);
    texts = List.of(text);
    float[] logprobs = {};
    while (text.length() < prompt.length) {
      int end = Math.min(prompt.length, text.length() + Stepper.CHUNK);
      var part = Arrays.copyOfRange(prompt, text.length(), end);
      logprobs = stepper.forward(texts, List.of(part), new int[] {1}, DecoderSteps::logprobs);
      text.add(part);
    }
    return logprobs;
  }

  private static float[] logprobs(Tensor logits) {
    return Functions.logSoftmax(logits).toFloats();
  }

  @Override
  public void close() {
    texts.forEach(CachedSequence::close);
    texts = List.of();
  }
}
