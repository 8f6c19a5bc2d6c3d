package inkstone.model;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An encoder's shape in the words of a config.json. */
final class EncoderJson {

  private EncoderJson() {}

  /**
   * Reads a shape.
   *
   * @param pooled whether the file has a layer for the first token
   */
  static EncoderConfig read(JsonNode json, boolean pooled) {
    var family = EncoderFamily.of(json);
    var config = new ConfigReader(json);
    config.only("position_embedding_type", "absolute");
    config.only("is_decoder", "false");
    config.only("sinusoidal_pos_embds", "false");
    config.none("quantization_config");
    boolean distilled = family == EncoderFamily.DISTILBERT;
    boolean roberta = family == EncoderFamily.ROBERTA;
    int padding = config.integer("pad_token_id", roberta ? 1 : 0);
    int positions = config.integer("max_position_embeddings", 512);
    var activation = distilled ? "activation" : "hidden_act";
    return new EncoderConfig(
        family,
        config.integer("vocab_size"),
        roberta ? positions - padding - 1 : positions,
        distilled ? 0 : config.integer("type_vocab_size", 2),
        config.integer(distilled ? "dim" : "hidden_size"),
        config.integer(distilled ? "n_layers" : "num_hidden_layers"),
        config.integer(distilled ? "n_heads" : "num_attention_heads"),
        config.integer(distilled ? "hidden_dim" : "intermediate_size"),
        EncoderActivation.of(activation, config.text(activation, "gelu")),
        config.number("layer_norm_eps", 1e-12),
        padding,
        config.flag("tie_word_embeddings", true),
        head(json, pooled));
  }

  private static EncoderHead head(JsonNode json, boolean pooled) {
    var name = json.path("architectures").path(0).asString("");
    if (name.endsWith("ForMaskedLM") || name.endsWith("ForPreTraining")) {
      return new EncoderHead.MaskedLanguage();
    }
    if (name.endsWith("ForSequenceClassification")) {
      return new EncoderHead.Classification(labels(json));
    }
    if (name.endsWith("ForTokenClassification")) {
      return new EncoderHead.TokenLabels(labels(json));
    }
    if (name.endsWith("ForQuestionAnswering")) {
      return new EncoderHead.Answers();
    }
    if (name.isEmpty() || name.endsWith("Model")) {
      return new EncoderHead.None(pooled);
    }
    throw new ModelException(
        "architectures '%s' is not supported; only Model, ForMaskedLM, ForSequenceClassification, ForTokenClassification and ForQuestionAnswering are"
            .formatted(name));
  }

  private static List<String> labels(JsonNode json) {
    var names = json.path("id2label");
    if (!names.isObject() || names.isEmpty()) {
      return List.of("LABEL_0", "LABEL_1"); // what Transformers takes where a file is silent
    }
    var labels = new ArrayList<String>();
    for (int i = 0; i < names.size(); i++) {
      var name = names.get(Integer.toString(i));
      if (name == null || !name.isString()) {
        throw new ModelException(
            "id2label must name the labels 0 to " + (names.size() - 1) + ", but is " + names);
      }
      labels.add(name.stringValue());
    }
    return labels;
  }

  static void write(EncoderConfig c, ObjectNode json) {
    boolean distilled = c.family() == EncoderFamily.DISTILBERT;
    json.putArray("architectures").add(c.family().architecture(c.head()));
    json.put("model_type", c.family().modelType());
    json.put("vocab_size", c.vocabulary());
    json.put("max_position_embeddings", c.context() + c.positionOffset());
    json.put(distilled ? "dim" : "hidden_size", c.width());
    json.put(distilled ? "n_layers" : "num_hidden_layers", c.layers());
    json.put(distilled ? "n_heads" : "num_attention_heads", c.heads());
    json.put(distilled ? "hidden_dim" : "intermediate_size", c.hidden());
    json.put(distilled ? "activation" : "hidden_act", c.activation().word());
    json.put("pad_token_id", c.padding());
    json.put("tie_word_embeddings", c.tied());
    if (!distilled) {
      json.put("type_vocab_size", c.types());
      json.put("layer_norm_eps", c.normEpsilon());
    }
    var labels = c.head().labels();
    if (!labels.isEmpty()) {
      var names = json.putObject("id2label");
      var ids = json.putObject("label2id");
      for (int i = 0; i < labels.size(); i++) {
        names.put(Integer.toString(i), labels.get(i));
        ids.put(labels.get(i), i);
      }
    }
  }
}
