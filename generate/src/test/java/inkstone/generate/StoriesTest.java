package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.Family;
import inkstone.tensor.Scope;
import inkstone.tensor.Tensor;
import inkstone.text.Tokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** A real model that others trained writes, greedily, the very text that they published. */
class StoriesTest {

  private static final Path FOLDER =
      Path.of(System.getProperty("inkstone.data", "none"), "stories260k");

  @Test
  void writesThePublishedStory() throws IOException {
    assumeTrue(Files.isDirectory(FOLDER), "no " + FOLDER);
    var story = published();
    try (var model =
            LanguageModel.of(
                network(),
                tokenizer(),
                new GenerationDefaults(OptionalInt.of(1), List.of(1, 2), Sampling.GREEDY));
        var pieces = model.generate(GenerationRequest.of("").maxTokens(256))) {
      var text = pieces.completion().text().stripLeading();
      assertEquals(story, text.substring(0, Math.min(story.length(), text.length())));
    }
  }

  private static String published() throws IOException {
    var page = Files.readString(FOLDER.resolve("stories260K.md"));
    int start = page.indexOf("Once upon a time");
    var story = page.substring(start, page.indexOf("\n```", start)).strip();
    assertTrue(story.length() > 500, story);
    return story;
  }

  /** The layout of llama2.c: a header of seven numbers, then each kind of weight for all layers. */
  private static Decoder network() throws IOException {
    var in = little("stories260K.bin");
    int dim = in.getInt();
    int hidden = in.getInt();
    int layers = in.getInt();
    int heads = in.getInt();
    int kvHeads = in.getInt();
    int vocabulary = in.getInt();
    int context = in.getInt();
    int headDim = dim / heads;
    var config =
        new DecoderConfig(
            Family.LLAMA,
            vocabulary,
            context,
            dim,
            layers,
            heads,
            kvHeads,
            headDim,
            hidden,
            false,
            true,
            1e-5,
            10_000);
    var weights = new HashMap<String, Tensor>();
    try (var scope = Scope.open()) {
      weights.put("model.embed_tokens.weight", take(in, vocabulary, dim));
      each(weights, in, layers, "input_layernorm.weight", dim);
      var q = list(in, layers, dim, dim);
      var k = list(in, layers, kvHeads * headDim, dim);
      var v = list(in, layers, kvHeads * headDim, dim);
      each(weights, in, layers, "self_attn.o_proj.weight", dim, dim);
      each(weights, in, layers, "post_attention_layernorm.weight", dim);
      var gate = list(in, layers, hidden, dim);
      each(weights, in, layers, "mlp.down_proj.weight", dim, hidden);
      var up = list(in, layers, hidden, dim);
      weights.put("model.norm.weight", take(in, dim));
      for (int i = 0; i < layers; i++) {
        var name = "model.layers." + i + ".";
        weights.put(
            name + "self_attn.qkv_proj.weight",
            Tensor.concat(
                0, List.of(halves(q.get(i), heads), halves(k.get(i), kvHeads), v.get(i))));
        weights.put(
            name + "mlp.gate_up_proj.weight", Tensor.concat(0, List.of(gate.get(i), up.get(i))));
      }
      return Decoder.of(config, weights);
    }
  }

  /** llama2.c turns neighbouring numbers together, Hugging Face number i with i + dim / 2. */
  private static Tensor halves(Tensor weight, int heads) {
    long dim = weight.size(0) / heads;
    return weight
        .reshape(heads, dim / 2, 2, weight.size(1))
        .transpose(1, 2)
        .reshape(weight.size(0), weight.size(1));
  }

  private static void each(
      HashMap<String, Tensor> weights, ByteBuffer in, int layers, String name, long... shape) {
    var all = list(in, layers, shape);
    for (int i = 0; i < layers; i++) {
      weights.put("model.layers." + i + "." + name, all.get(i));
    }
  }

  private static List<Tensor> list(ByteBuffer in, int layers, long... shape) {
    var all = new ArrayList<Tensor>();
    for (int i = 0; i < layers; i++) {
      all.add(take(in, shape));
    }
    return all;
  }

  private static Tensor take(ByteBuffer in, long... shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.getFloat();
    }
    return Tensor.of(values, shape);
  }

  /** The longest token's length, then for each token: score, length, bytes. */
  private static Tokenizer tokenizer() throws IOException {
    var in = little("tok512.bin");
    in.getInt();
    var pieces = new ArrayList<byte[]>();
    while (in.hasRemaining()) {
      in.getFloat();
      var bytes = new byte[in.getInt()];
      in.get(bytes);
      var name = new String(bytes, StandardCharsets.UTF_8);
      pieces.add(
          name.matches("<0x[0-9A-F]{2}>")
              ? new byte[] {(byte) Integer.parseInt(name.substring(3, 5), 16)}
              : bytes);
    }
    return Tokens.of(pieces);
  }

  private static ByteBuffer little(String name) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(FOLDER.resolve(name))).order(ByteOrder.LITTLE_ENDIAN);
  }
}
