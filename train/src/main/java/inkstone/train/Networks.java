package inkstone.train;

import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.Family;

/** The network that a recipe describes. */
final class Networks {

  private Networks() {}

  static DecoderConfig config(Recipe recipe, int vocabulary) {
    var model = recipe.model();
    var usual =
        switch (model.family()) {
          case gpt2 ->
              DecoderConfig.gpt2(
                  vocabulary, model.context(), model.width(), model.layers(), model.heads());
          case llama ->
              DecoderConfig.llama(
                  vocabulary, model.context(), model.width(), model.layers(), model.heads());
        };
    return new DecoderConfig(
        usual.family(),
        vocabulary,
        usual.context(),
        usual.width(),
        usual.layers(),
        usual.heads(),
        model.keyValueHeads() == 0 ? usual.keyValueHeads() : model.keyValueHeads(),
        usual.headDim(),
        model.hidden() == 0 ? usual.hidden() : model.hidden(),
        usual.family() == Family.GPT2 && model.bias(),
        usual.tied(),
        usual.normEpsilon(),
        usual.rotaryBase());
  }

  static Decoder random(DecoderConfig config, Recipe recipe) {
    return Decoder.random(config, recipe.seed());
  }
}
