package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Beside sacremoses: {@code bench/fixtures/moses_fixtures.py}. */
class MosesTest {

  private static final Path CASES = Path.of("src/test/resources/inkstone/text/moses.jsonl");

  @TempDir Path folder;

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).toList();
  }

  @Test
  void isSacremoses() throws IOException {
    int count = 0;
    for (var line : Files.readAllLines(CASES)) {
      var json = new JsonMapper().readTree(line);
      var language = MosesLanguage.of(json.get("lang").asString());
      var text = json.get("text").asString();
      assertEquals(
          json.get("normalized").asString(), new MosesPunctuation(language).normalize(text), text);
      var words = MosesTokenizer.of(language).tokenize(text);
      assertEquals(texts(json.get("words")), words, text);
      assertEquals(
          texts(json.get("plain")), new MosesTokenizer(language, false).tokenize(text), text);
      assertEquals(
          json.get("detokenized").asString(),
          new MosesDetokenizer(language).detokenize(String.join(" ", words)),
          text);
      count++;
    }
    assertTrue(count > 300, "only " + count + " cases");
  }

  @Test
  void formsGoAndComeBack() throws IOException {
    var en = new SentenceForm("en", true, true);
    assertEquals("a man , who isn 't here .", en.words("A man, who isn't here."));
    assertEquals(" a dog .", en.written("A dog."));
    assertEquals("a dog.", en.sentence(en.wordsOf(" a dog .")));
    var zh = new SentenceForm("zh", false, false);
    assertEquals("人工智能。", zh.written(" 人工智能。"));
    assertEquals("人工智能。", zh.sentence("人工智能。"));
    assertThrows(TokenizerException.class, () -> new SentenceForm("xx", true, false));
    var form = new TranslationForm(en, new SentenceForm("zh", false, true));
    Tokenizer.ofBytes(List.of("</s>")).save(folder);
    var none = assertThrows(TokenizerException.class, () -> TranslationForm.read(folder));
    assertTrue(String.valueOf(none.getMessage()).contains("source_lang"), none.getMessage());
    form.save(folder);
    assertEquals(form, TranslationForm.read(folder));
    assertEquals(257, Tokenizer.open(folder).vocabularySize());
  }
}
