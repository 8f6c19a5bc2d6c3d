package inkstone.train;

import inkstone.data.DataPosition;
import inkstone.journal.Evaluated;
import inkstone.journal.Sampled;

/** What a {@link TrainingLoop} teaches: all of a run that hangs on the kind of network. */
interface Learner {

  /**
   * What came of one batch.
   *
   * @param loss the mean in nats for each token
   * @param tokens that were learned from
   * @param after where the next batch stands
   */
  record Learned(double loss, long tokens, DataPosition after) {}

  /** The weights and how they move. */
  WeightSteps steps();

  /** Learns from the batch at a place: adds the gradient of its mean loss. */
  Learned learn(DataPosition at);

  /** Floating-point operations of learning from one token. */
  double flopsPerToken();

  /** The tokens that a whole evaluation scores. */
  long heldOutTokens();

  /** Scores some of the held-out text. */
  Evaluated evaluate(long step);

  /** Scores all of it. */
  Evaluated evaluateAll(long step);

  /**
   * Writes something.
   *
   * @param number of this text among those of the step
   */
  Sampled sample(long step, int tokens, int number);
}
