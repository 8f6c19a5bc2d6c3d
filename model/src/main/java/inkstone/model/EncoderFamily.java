package inkstone.model;

import java.util.Arrays;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** The Hugging Face layouts that an encoder is opened from and saved in. */
public enum EncoderFamily {
  /** {@code BertModel} and the heads on it. */
  BERT("bert", "Bert", "bert."),
  /** {@code RobertaModel} and the heads on it; also XLM-RoBERTa, which differs in name alone. */
  ROBERTA("roberta", "Roberta", "roberta."),
  /** {@code DistilBertModel} and the heads on it. */
  DISTILBERT("distilbert", "DistilBert", "distilbert.");

  private final String modelType;
  private final String classes;
  private final String prefix;

  EncoderFamily(String modelType, String classes, String prefix) {
    this.modelType = modelType;
    this.classes = classes;
    this.prefix = prefix;
  }

  /** {@code model_type} in config.json. */
  String modelType() {
    return modelType;
  }

  /** What stands before the names of a body's weights where there is a head on it. */
  String prefix() {
    return prefix;
  }

  /** The class in Transformers. */
  String architecture(EncoderHead head) {
    return classes
        + switch (head) {
          case EncoderHead.None _ -> "Model";
          case EncoderHead.MaskedLanguage _ -> "ForMaskedLM";
          case EncoderHead.Classification _ -> "ForSequenceClassification";
          case EncoderHead.TokenLabels _ -> "ForTokenClassification";
          case EncoderHead.Answers _ -> "ForQuestionAnswering";
        };
  }

  /** Whether a config.json is that of an encoder. */
  static boolean isOne(JsonNode config) {
    var type = type(config);
    return Arrays.stream(values()).anyMatch(family -> family.modelType.equals(type));
  }

  static EncoderFamily of(JsonNode config) {
    var type = type(config);
    return Arrays.stream(values())
        .filter(family -> family.modelType.equals(type))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    "model_type '%s' is no encoder that is known; known are %s"
                        .formatted(
                            config.path("model_type").asString(""),
                            Arrays.stream(values())
                                .map(EncoderFamily::modelType)
                                .collect(Collectors.joining(", ")))));
  }

  private static String type(JsonNode config) {
    var type = config.path("model_type").asString("");
    return type.equals("xlm-roberta") ? ROBERTA.modelType : type;
  }
}
