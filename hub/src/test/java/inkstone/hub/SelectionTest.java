package inkstone.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import inkstone.hub.Source.Repository;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists of files as public repositories have them, and what is taken of each. */
class SelectionTest {

  private static TreeSet<String> selected(String source, String... files) {
    var all =
        Arrays.stream(files)
            .map(path -> new RemoteFile(path, OptionalLong.of(1000), Optional.empty()))
            .toList();
    var taken = new TreeSet<String>();
    Selection.of((Repository) Source.parse(source), all).forEach(file -> taken.add(file.path()));
    return taken;
  }

  private static String refused(String source, String... files) {
    return assertThrows(HubException.class, () -> selected(source, files)).getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // a model of one file, beside the same weights in four other formats
        "config.json model.safetensors vocab.json merges.txt onnx/model.onnx onnx/config.json pytorch_model.bin"
            + " tf_model.h5 flax_model.msgpack rust_model.ot 64.tflite README.md .gitattributes"
            + "|config.json merges.txt model.safetensors vocab.json",
        // parts with an index, beside another copy of all of them
        "config.json model.safetensors.index.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors"
            + " consolidated.safetensors tokenizer.model LICENSE USE_POLICY.md pytorch_model.bin.index.json"
            + "|LICENSE USE_POLICY.md config.json model-00001-of-00002.safetensors model-00002-of-00002.safetensors"
            + " model.safetensors.index.json tokenizer.model",
        // an embedding model with its pooling
        "config.json model.safetensors modules.json 1_Pooling/config.json 2_Dense/model.safetensors openvino/x.json"
            + "|1_Pooling/config.json 2_Dense/model.safetensors config.json model.safetensors modules.json",
        // an adapter
        "adapter_config.json adapter_model.safetensors tokenizer.json trainer_state.json training_args.bin"
            + "|adapter_config.json adapter_model.safetensors tokenizer.json",
        // one file of another name; a variant is none
        "config.json weights.safetensors|config.json weights.safetensors",
        "config.json model.safetensors model.fp16.safetensors|config.json model.safetensors",
        // one GGUF, in one file and in parts, with an image projector
        "config.json README.md m.Q4_0.gguf|m.Q4_0.gguf",
        "m-00001-of-00002.gguf m-00002-of-00002.gguf mmproj-m.gguf|m-00001-of-00002.gguf m-00002-of-00002.gguf",
        // safetensors go before GGUF
        "config.json model.safetensors m.gguf|config.json model.safetensors",
        "config.json model.safetensors additional_chat_templates/a.jinja chat_template.jinja"
            + "|additional_chat_templates/a.jinja chat_template.jinja config.json model.safetensors",
      })
  void whatAModelNeeds(String files, String taken) {
    assertEquals(
        new TreeSet<>(List.of(taken.split(" "))), selected("hf:org/name", files.split(" ")));
  }

  @Test
  void patternsTakeWhatTheyMatchAndWhatStandsBeside() {
    assertEquals(
        new TreeSet<>(List.of("config.json", "model.fp16.safetensors")),
        selected(
            "hf:org/name/*fp16*", "config.json", "model.safetensors", "model.fp16.safetensors"));
    assertEquals(
        new TreeSet<>(List.of("q4/m-00001-of-00002.gguf", "q4/m-00002-of-00002.gguf")),
        selected(
            "hf:org/name/q4/*",
            "config.json",
            "q4/m-00001-of-00002.gguf",
            "q4/m-00002-of-00002.gguf",
            "q8/m.gguf"));
    assertEquals(
        new TreeSet<>(List.of("a.safetensors")),
        selected("hf:org/name/a.*", "a.safetensors", "a.bin"));
  }

  @Test
  void whatIsNotClearIsAsked() {
    assertEquals(
        "hf:org/name has 2 sets of weights; choose one by --file:\n"
            + "       0.0 MB  a.safetensors\n       0.0 MB  b.safetensors",
        refused("hf:org/name", "a.safetensors", "b.safetensors"));
    assertEquals(
        "hf:org/name@v1 has 1 of the 00002 parts of model; its upload was not finished",
        refused(
            "hf:org/name@v1", "model.safetensors.index.json", "model-00001-of-00002.safetensors"));
    assertEquals(
        "hf:org/name has no weights as safetensors or GGUF; --file fetches other files",
        refused("hf:org/name", "config.json", "model.onnx"));
    assertEquals(
        "no file of hf:org/name is '*.gguf'; there is nothing there",
        refused("hf:org/name/*.gguf"));
  }

  @Test
  void hugeTextIsNotWhatStandsBeside() {
    var all =
        List.of(
            new RemoteFile("model.safetensors", OptionalLong.of(5), Optional.empty()),
            new RemoteFile("data.json", OptionalLong.of((256L << 20) + 1), Optional.empty()),
            new RemoteFile("vocab.json", OptionalLong.of(256L << 20), Optional.empty()));
    assertEquals(
        List.of("model.safetensors", "vocab.json"),
        Selection.of((Repository) Source.parse("hf:a/b"), all).stream()
            .map(RemoteFile::path)
            .toList());
  }

  @ParameterizedTest
  @CsvSource({"kitten, sitting, 3", "'', abc, 3", "abc, '', 3", "abc, abc, 0", "flaw, lawn, 2"})
  void editDistance(String a, String b, int edits) {
    assertEquals(edits, Names.edits(a, b));
  }
}
