package inkstone.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A real model that others trained writes, greedily, the very text that they published. */
class StoriesTest {

  private static final Path FOLDER =
      Path.of(System.getProperty("inkstone.data", "none"), "stories260k");

  @Test
  void writesThePublishedStory() throws IOException {
    assumeTrue(Files.isDirectory(FOLDER), "no " + FOLDER);
    var story = published();
    try (var model = LanguageModel.open(FOLDER);
        var pieces = model.generate(GenerationRequest.of("").temperature(0).maxTokens(256))) {
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
}
