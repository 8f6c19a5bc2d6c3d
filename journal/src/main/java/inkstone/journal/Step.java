package inkstone.journal;

/**
 * One optimizer step was done.
 *
 * @param step its number, from 1
 * @param tokens tokens seen so far in the run
 * @param loss training loss of this step, in nats per token
 * @param learningRate learning rate it used
 * @param gradientNorm norm of the gradient before clipping
 * @param tokensPerSecond speed of this step
 * @param roofShare share of the machine's measured matmul rate, 0 to 1
 */
public record Step(
    long step,
    long tokens,
    double loss,
    double learningRate,
    double gradientNorm,
    double tokensPerSecond,
    double roofShare)
    implements Event {}
