package inkstone.model.seq2seq;

import static inkstone.model.seq2seq.Seq2SeqLayout.CROSS;
import static inkstone.model.seq2seq.Seq2SeqLayout.SELF;

import inkstone.model.Linear;
import inkstone.model.ModelException;
import inkstone.model.Norm;
import inkstone.model.Weight;
import inkstone.model.seq2seq.Seq2SeqConfig.Norms;
import inkstone.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/** Puts the parts of a network together from its weights, named as in {@link Seq2SeqLayout}. */
record Seq2SeqParts(Seq2SeqConfig config, Map<String, Tensor> weights) {

  EncoderBlock encoder(int layer) {
    var name = Seq2SeqLayout.block("encoder", layer);
    return new EncoderBlock(
        self(name, config.encoder().heads()),
        around(name + "self_attn_layer_norm"),
        network(name),
        around(name + "final_layer_norm"));
  }

  DecoderBlock decoder(int layer) {
    var name = Seq2SeqLayout.block("decoder", layer);
    int heads = config.decoder().heads();
    return new DecoderBlock(
        self(name, heads),
        around(name + "self_attn_layer_norm"),
        new CrossAttention(
            heads,
            linear(name + CROSS + "q_proj"),
            linear(name + CROSS + "kv_proj"),
            linear(name + CROSS + "out_proj")),
        around(name + "encoder_attn_layer_norm"),
        network(name),
        around(name + "final_layer_norm"));
  }

  /** The norm at the end of a side, where norms are before. */
  Norm last(String side) {
    return config.norms() == Norms.PRE ? norm("model." + side + ".layer_norm") : Norm.NONE;
  }

  private SelfAttention self(String name, int heads) {
    return new SelfAttention(
        heads, linear(name + SELF + "qkv_proj"), linear(name + SELF + "out_proj"));
  }

  private Network network(String name) {
    return new Network(linear(name + "fc1"), linear(name + "fc2"), config.activation());
  }

  private Sublayer around(String norm) {
    return new Sublayer(norm(norm), config.norms() == Norms.PRE);
  }

  private Norm norm(String name) {
    return new Norm.Layer(
        get(name + ".weight"), Optional.of(get(name + ".bias")), config.normEpsilon());
  }

  private Linear linear(String name) {
    return new Linear(new Weight.Dense(get(name + ".weight")), Optional.of(get(name + ".bias")));
  }

  Tensor get(String name) {
    return Optional.ofNullable(weights.get(name))
        .orElseThrow(() -> new ModelException("weight '" + name + "' is missing"));
  }
}
