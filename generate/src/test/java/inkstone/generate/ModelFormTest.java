package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.model.Decoder;
import inkstone.model.DecoderConfig;
import inkstone.model.ModelException;
import inkstone.tensor.GgufFile;
import inkstone.tensor.GgufType;
import inkstone.tensor.Tensor;
import inkstone.text.BpeTrainer;
import inkstone.text.CharacterTokenizer;
import inkstone.text.ChatTemplate;
import inkstone.text.SplitPattern;
import inkstone.text.Tokenizer;
import inkstone.text.TokenizerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ModelFormTest {

  private static final String TEXT =
      "The ink dries. 12 inkstones, 345 brushes; don't spill 墨!\n\n  two  spaces\ttab";

  @TempDir Path folder;

  private Path touch(String name) throws IOException {
    return Files.createFile(folder.resolve(name));
  }

  @Test
  void namesTellTheForm() throws IOException {
    assertEquals(ModelForm.DIRECTORY, ModelForm.of(folder));
    assertEquals(ModelForm.DIRECTORY, ModelForm.of(folder.resolve("gone")));
    assertEquals(ModelForm.GGUF, ModelForm.of(folder.resolve("gone.GGUF")));
    assertEquals(ModelForm.GGUF, ModelForm.of(touch("file")));
    assertEquals(ModelForm.LLAMA2C, ModelForm.of(touch("tokenizer.bin")));
    assertEquals(ModelForm.DIRECTORY, ModelForm.of(folder));
    touch("stories.bin");
    assertEquals(ModelForm.LLAMA2C, ModelForm.of(folder));
    touch("config.json");
    assertEquals(ModelForm.DIRECTORY, ModelForm.of(folder));
  }

  /** What a pull of a GGUF leaves is opened by its folder, whatever lies beside it. */
  @Test
  void theOnlyGgufOfAFolderIsMeant() throws IOException {
    touch("README.bin");
    touch("LICENSE.bin");
    var file = touch("model.gguf");
    assertEquals(ModelForm.GGUF, ModelForm.of(folder));
    assertEquals(file, ModelForm.gguf(folder));
    assertEquals(file, ModelForm.gguf(file));
    touch("other.gguf");
    assertEquals(ModelForm.GGUF, ModelForm.of(folder));
    assertEquals(
        folder + " holds 2 models; name one of them: [model.gguf, other.gguf]",
        assertThrows(ModelException.class, () -> ModelForm.gguf(folder)).getMessage());
    touch("config.json");
    assertEquals(ModelForm.DIRECTORY, ModelForm.of(folder));
  }

  @Test
  void theTwoFilesOfLlama2cAreFound() throws IOException {
    var tokenizer = touch("tok512.bin");
    var network = touch("stories.bin");
    assertEquals(List.of(network, tokenizer), ModelForm.llama2c(folder));
    assertEquals(List.of(network, tokenizer), ModelForm.llama2c(network));
    touch("tokenizer.bin");
    var message = assertThrows(ModelException.class, () -> ModelForm.llama2c(folder)).getMessage();
    assertTrue(
        String.valueOf(message).contains("[stories.bin, tok512.bin, tokenizer.bin]"), message);
  }

  /** A network of our own, as GGUF and back as a directory: the same ids and the same text. */
  @ParameterizedTest
  @EnumSource(SplitPattern.class)
  void whatWeTrainGoesThereAndBack(SplitPattern split) throws IOException {
    var tokenizer = BpeTrainer.of(300).split(split).train(List.of(TEXT, TEXT + TEXT));
    var first = folder.resolve("first");
    tokenizer.save(first);
    int end = tokenizer.special(BpeTrainer.END_OF_TEXT);
    var config = DecoderConfig.llama(304, 64, 32, 2, 4);
    var gguf = folder.resolve("model.gguf");
    var back = folder.resolve("back");
    long before = Tensor.live();
    String expected;
    try (var model =
        LanguageModel.of(Decoder.random(config, 3), tokenizer, GenerationDefaults.documents(end))) {
      expected = text(model);
      model.saveGguf(gguf, GgufType.F32);
    }
    try (var model = LanguageModel.open(gguf)) {
      assertArrayEquals(tokenizer.encode(TEXT), model.tokenizer().encode(TEXT));
      assertEquals(tokenizer.special(), model.tokenizer().special());
      assertEquals(OptionalInt.of(end), model.defaults().begin());
      assertEquals(List.of(end), model.defaults().end());
      assertEquals(expected, text(model));
      model.save(back);
    }
    try (var model = LanguageModel.open(back)) {
      assertArrayEquals(tokenizer.encode(TEXT), model.tokenizer().encode(TEXT));
      assertEquals(OptionalInt.of(end), model.defaults().begin());
      assertEquals(List.of(end), model.defaults().end());
      assertEquals(expected, text(model));
    }
    assertEquals(before, Tensor.live());
  }

  @Test
  void theChatTemplateAndTheSamplingGoAlong() {
    var tokenizer = BpeTrainer.of(300).train(List.of(TEXT));
    var config = DecoderConfig.llama(304, 64, 32, 2, 4);
    var sampling = new Sampling(0.6, 20, 0.9, 0.1, 1.2);
    var defaults = new GenerationDefaults(OptionalInt.empty(), List.of(1), sampling);
    var template = "{{ messages[0].content }}!";
    var gguf = folder.resolve("chat.gguf");
    var back = folder.resolve("chat");
    try (var model =
        LanguageModel.of(Decoder.random(config, 3), tokenizer, defaults)
            .template(ChatTemplate.of(template))) {
      model.saveGguf(gguf, GgufType.F32);
    }
    try (var model = LanguageModel.open(gguf)) {
      assertEquals(template, model.template().orElseThrow().source());
      assertEquals(sampling, model.defaults().sampling());
      model.save(back);
    }
    try (var model = LanguageModel.open(back)) {
      assertEquals(template, model.template().orElseThrow().source());
      assertEquals(sampling, model.defaults().sampling());
    }
  }

  @Test
  void characterTokenizersGoThereAndBack() {
    var tokenizer = CharacterTokenizer.ofAllCharacters().train(List.of(TEXT));
    var gguf = folder.resolve("characters.gguf");
    var config = DecoderConfig.gpt2(tokenizer.vocabularySize(), 64, 32, 1, 2);
    try (var model =
        LanguageModel.of(
            Decoder.random(config, 3),
            tokenizer,
            new GenerationDefaults(OptionalInt.empty(), List.of(), Sampling.GREEDY))) {
      model.saveGguf(gguf, GgufType.F16);
    }
    try (var model = LanguageModel.open(gguf)) {
      assertArrayEquals(tokenizer.encode(TEXT), model.tokenizer().encode(TEXT));
      assertEquals(TEXT, model.tokenizer().decode(model.tokenizer().encode(TEXT)));
    }
  }

  private static String text(LanguageModel model) {
    var request = GenerationRequest.of("The ink").temperature(0).maxTokens(12);
    try (var pieces = model.generate(request)) {
      return pieces.completion().text();
    }
  }

  @Test
  void aFileWithoutAVocabularyIsRefusedAndNothingStays() {
    var gguf = folder.resolve("bare.gguf");
    try (var decoder = Decoder.random(DecoderConfig.llama(32, 8, 32, 1, 1), 1)) {
      inkstone.model.GgufModel.save(gguf, decoder, GgufType.F32, Map.of());
    }
    long before = Tensor.live();
    var message =
        assertThrows(TokenizerException.class, () -> LanguageModel.open(gguf)).getMessage();
    assertTrue(String.valueOf(message).contains("bare.gguf"), message);
    assertEquals(before, Tensor.live());
    var gone = folder.resolve("gone.gguf");
    message = assertThrows(ModelException.class, () -> LanguageModel.open(gone)).getMessage();
    assertTrue(String.valueOf(message).contains("gone.gguf: there is no such file"), message);
  }

  @Test
  void theVocabularyIsInTheFile() {
    var gguf = folder.resolve("bytes.gguf");
    try (var model =
        LanguageModel.of(
            Decoder.random(DecoderConfig.llama(257, 8, 32, 1, 1), 1),
            Tokenizer.ofBytes(List.of("<|endoftext|>")),
            GenerationDefaults.documents(256))) {
      model.saveGguf(gguf, GgufType.Q8_0);
    }
    try (var file = GgufFile.open(gguf)) {
      assertEquals("gpt2", file.metadata().get("tokenizer.ggml.model"));
      assertEquals(256L, file.metadata().get("tokenizer.ggml.eos_token_id"));
      assertEquals(true, file.metadata().get("tokenizer.ggml.add_bos_token"));
      assertEquals(GgufType.Q8_0, file.entry("token_embd.weight").type());
    }
  }
}
