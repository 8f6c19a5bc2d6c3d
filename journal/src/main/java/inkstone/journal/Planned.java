package inkstone.journal;

/**
 * The plan of a run, made before work starts.
 *
 * @param minutes minutes asked for
 * @param parameters weights of the network
 * @param layers blocks of the network
 * @param width size of the residual stream
 * @param heads attention heads
 * @param context tokens a position can look back on, itself included
 * @param vocabulary number of tokens
 * @param tokens tokens to train on
 * @param steps optimizer steps
 * @param tokensPerStep tokens in one optimizer step
 * @param expectedMinutes minutes the whole command should take
 * @param timed whether the minutes end the run, and the steps are only expected
 * @param rule the scaling rule that was followed, in words, with its source
 */
public record Planned(
    double minutes,
    long parameters,
    int layers,
    int width,
    int heads,
    int context,
    int vocabulary,
    long tokens,
    long steps,
    int tokensPerStep,
    double expectedMinutes,
    boolean timed,
    String rule)
    implements Event {}
