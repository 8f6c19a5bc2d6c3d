package inkstone.words;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Proportions of words: the first is to the second as the third is to the fourth, which is to be
 * found among all frequent words by 3CosAdd (see {@link WordVectors#analogy}).
 *
 * @param sections in the order of the file
 */
public record AnalogyTest(String name, List<Section> sections) implements WordTest {

  /** Questions of one kind, four words each. */
  public record Section(String name, List<List<String>> questions) {}

  /** Copies the list. */
  public AnalogyTest {
    sections = List.copyOf(sections);
  }

  @Override
  public TestScore score(WordVectors vectors) {
    int first = Math.min(FREQUENT, vectors.words().size());
    var folded = new Folded(vectors, first);
    var scores = new ArrayList<TestScore>();
    int solved = 0;
    int covered = 0;
    int questions = 0;
    for (var section : sections) {
      var asked =
          section.questions().stream()
              .map(question -> places(folded, question))
              .flatMap(Optional::stream)
              .toList();
      int right = 0;
      for (int from = 0; from < asked.size(); from += Kernel.OUTPUTS) {
        var some = asked.subList(from, Math.min(asked.size(), from + Kernel.OUTPUTS));
        right += solved(vectors.directions(), folded, first, some);
      }
      solved += right;
      covered += asked.size();
      questions += section.questions().size();
      scores.add(
          new TestScore(
              section.name(),
              TestKind.ANALOGY,
              (double) right / asked.size(),
              asked.size(),
              section.questions().size(),
              List.of()));
    }
    return new TestScore(
        name, TestKind.ANALOGY, (double) solved / covered, covered, questions, scores);
  }

  private static Optional<int[]> places(Folded folded, List<String> question) {
    var places = question.stream().map(folded::place).toList();
    return places.stream().allMatch(Optional::isPresent)
        ? Optional.of(places.stream().mapToInt(Optional::get).toArray())
        : Optional.empty();
  }

  /** How many of at most {@link Kernel#OUTPUTS} questions have the right answer. */
  private static int solved(
      Directions directions, Folded folded, int first, List<int[]> questions) {
    int stride = directions.stride();
    var queries = new float[Kernel.OUTPUTS * stride];
    for (int k = 0; k < questions.size(); k++) {
      var question = questions.get(k);
      var weights = new LinkedHashMap<Integer, Float>();
      weights.merge(question[1], 1f, Float::sum);
      weights.merge(question[0], -1f, Float::sum);
      weights.merge(question[2], 1f, Float::sum);
      System.arraycopy(directions.sum(weights), 0, queries, k * stride, stride);
    }
    // The best so far: its cosine in the upper half, in the lower the place, turned so that the
    // first of equals wins.
    var best = new AtomicLongArray(Kernel.OUTPUTS);
    for (int k = 0; k < Kernel.OUTPUTS; k++) {
      best.set(k, Long.MIN_VALUE);
    }
    directions.each(
        queries,
        first,
        (word, dots) -> {
          for (int k = 0; k < questions.size(); k++) {
            long rank = ((long) ordered(dots[k]) << 32) | (Integer.MAX_VALUE - word);
            if (rank > best.get(k) && !asked(folded, questions.get(k), word)) {
              best.accumulateAndGet(k, rank, Math::max);
            }
          }
        });
    int right = 0;
    for (int k = 0; k < questions.size(); k++) {
      int answer = Integer.MAX_VALUE - (int) best.get(k);
      right += best.get(k) != Long.MIN_VALUE && folded.same(answer, questions.get(k)[3]) ? 1 : 0;
    }
    return right;
  }

  /** An int that is greater where the float is. */
  private static int ordered(float x) {
    int bits = Float.floatToIntBits(x);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }

  private static boolean asked(Folded folded, int[] question, int word) {
    return folded.same(word, question[0])
        || folded.same(word, question[1])
        || folded.same(word, question[2]);
  }
}
