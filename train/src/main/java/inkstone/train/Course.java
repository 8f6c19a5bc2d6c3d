package inkstone.train;

import inkstone.data.DataPosition;
import inkstone.tensor.Tensor;
import java.util.SequencedMap;

/**
 * What a run learns and how that is judged: all of a {@link TrainingLoop} that hangs on the kind of
 * network. What is judged is told by events of the course's own.
 */
interface Course extends AutoCloseable {

  /** Every weight by name. */
  SequencedMap<String, Tensor> parameters();

  /** What moves them. */
  Steps steps();

  /**
   * Adds the gradient of the mean loss of the next rows.
   *
   * @param rows the recipe's batch; sentences come in batches of tokens, each of which is a row
   */
  Lesson teach(DataPosition position, int rows);

  /** The mean number of tokens in a row. */
  double tokensPerRow();

  /** Floating-point operations of learning from one token. */
  double flopsPerToken();

  /** Scores a part of what is held out; gives what should become small. */
  double evaluate(Progress progress);

  /** How many times as long as learning from a token the last evaluation takes. */
  double evaluationTokens();

  /** Whether the weights that scored best are what the run is for, however it ends. */
  boolean keepsBest();

  /** Shows what the network can do so far; a course may have nothing to show. */
  void sample(Progress progress);

  /** Judges in full what was learned. */
  void finish(Progress progress);

  /** Frees what moves the weights; the weights stay. */
  @Override
  void close();
}
