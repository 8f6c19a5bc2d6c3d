package inkstone.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The choices in which families of decoders differ; each can be taken without regard to the others.
 *
 * @param bias where there are biases
 * @param norms which norms there are, and where
 * @param activation of the feed-forward networks
 * @param scales factors and caps
 * @param blocks the styles of the blocks, repeated over the layers: the block of layer i has the
 *     style i modulo their number
 */
public record DecoderStyle(
    Bias bias, Norms norms, Activation activation, Scales scales, List<BlockStyle> blocks) {

  /** Where there are biases: in which projections, and in norms that could have one. */
  public record Bias(boolean queriesKeysValues, boolean output, boolean feedForward, boolean norm) {
    public static final Bias NONE = new Bias(false, false, false, false);
    public static final Bias ALL = new Bias(true, true, true, true);
  }

  /**
   * The norms.
   *
   * @param queriesKeys those of queries and keys, before they are turned
   */
  public record Norms(Kind kind, Place place, QueriesKeys queriesKeys) {

    /** What a norm computes. */
    public enum Kind {
      /** Mean 0 and variance 1 (Ba et al., 2016). */
      LAYER,
      /** Root mean square 1 (Zhang and Sennrich, 2019). */
      RMS,
      /** The same, times {@code 1 + weight}, so that weights of 0 change nothing. */
      RMS_PLUS_ONE
    }

    /** Where a block has norms on the way from and to the residual stream. */
    public enum Place {
      /** Before attention and feed-forward (Xiong et al., 2020). */
      BEFORE,
      /** After each, before the sum (Team OLMo, 2024, section 3.2). */
      AFTER,
      /** On both sides of each (Gemma Team, 2024, table 1). */
      AROUND
    }

    /** Norms of queries and keys (Henry et al., 2020). */
    public enum QueriesKeys {
      NONE,
      /** Over each head, with weights that all heads share. */
      HEAD,
      /** Over all heads at once. */
      WIDTH
    }
  }

  /** The function inside a feed-forward network. */
  public enum Activation {
    /** {@code gelu(up)}, in its tanh form. */
    GELU,
    /** {@code silu(gate) up}. */
    SWIGLU,
    /** {@code gelu(gate) up}, in its tanh form. */
    GEGLU;

    /** Whether there is a gate beside the projection up. */
    public boolean gated() {
      return this != GELU;
    }
  }

  /**
   * Factors and caps.
   *
   * @param embedding what token embeddings are multiplied with
   * @param query attention scores are divided by its root; 0 for the size of a head
   * @param attentionCap what no score of attention reaches; 0 for none
   * @param logitCap what no logit reaches; 0 for none
   */
  public record Scales(double embedding, double query, double attentionCap, double logitCap) {
    public static final Scales NONE = new Scales(1, 0, 0, 0);

    /** Refuses what is no factor or cap. */
    public Scales {
      positive("embedding scale", embedding, embedding > 0);
      positive("query_pre_attn_scalar", query, query >= 0);
      positive("attn_logit_softcapping", attentionCap, attentionCap >= 0);
      positive("final_logit_softcapping", logitCap, logitCap >= 0);
    }

    private static void positive(String name, double value, boolean good) {
      if (!good || Double.isInfinite(value)) {
        throw new ModelException(name + ": " + value + " is not a positive number");
      }
    }
  }

  /** Keeps the shortest list of blocks that repeats to the same. */
  public DecoderStyle {
    blocks = shortest(blocks);
  }

  private static List<BlockStyle> shortest(List<BlockStyle> all) {
    if (all.isEmpty()) {
      throw new ModelException("style: a decoder needs the style of at least one block");
    }
    int length = 1;
    for (int i = 1; i < all.size(); i++) {
      if (!all.get(i).equals(all.get(i % length))) {
        length = i + 1;
      }
    }
    return List.copyOf(all.subList(0, length));
  }

  /** That of GPT-2 (Radford et al., 2019): learned positions, LayerNorm, GELU. */
  public static DecoderStyle gpt2(boolean bias) {
    return new DecoderStyle(
        bias ? Bias.ALL : Bias.NONE,
        new Norms(Norms.Kind.LAYER, Norms.Place.BEFORE, Norms.QueriesKeys.NONE),
        Activation.GELU,
        Scales.NONE,
        List.of(new BlockStyle(0, Optional.empty(), Optional.empty())));
  }

  /** That of Llama (Touvron et al., 2023): rotary positions, RMSNorm, SwiGLU, no biases. */
  public static DecoderStyle llama(RotaryConfig rotary) {
    return new DecoderStyle(
        Bias.NONE,
        new Norms(Norms.Kind.RMS, Norms.Place.BEFORE, Norms.QueriesKeys.NONE),
        Activation.SWIGLU,
        Scales.NONE,
        List.of(BlockStyle.of(rotary)));
  }

  /** The same with other biases. */
  public DecoderStyle bias(Bias other) {
    return new DecoderStyle(other, norms, activation, scales, blocks);
  }

  /** The same with other norms. */
  public DecoderStyle norms(Norms other) {
    return new DecoderStyle(bias, other, activation, scales, blocks);
  }

  /** The same with other blocks. */
  public DecoderStyle blocks(List<BlockStyle> other) {
    return new DecoderStyle(bias, norms, activation, scales, other);
  }

  /** The style of one block. */
  public BlockStyle block(int layer) {
    return blocks.get(layer % blocks.size());
  }

  /** Whether positions are learned, as embeddings, because no block turns queries and keys. */
  public boolean learnedPositions() {
    return blocks.stream().allMatch(block -> block.rotary().isEmpty());
  }

  /** Every way in which some block turns queries and keys. */
  List<RotaryConfig> rotaries() {
    var all = new ArrayList<RotaryConfig>();
    blocks.forEach(block -> block.rotary().ifPresent(all::add));
    return all.stream().distinct().toList();
  }
}
