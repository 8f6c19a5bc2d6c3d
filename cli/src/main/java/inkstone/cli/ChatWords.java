package inkstone.cli;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PropertyResourceBundle;
import java.util.ResourceBundle;
import java.util.stream.Stream;

/** What a chat itself says, in English or Chinese. */
final class ChatWords {

  private final ResourceBundle words;

  private ChatWords(ResourceBundle words) {
    this.words = words;
  }

  /** In the language that the environment asks for, also where its locale is not installed. */
  static ChatWords of(Map<String, String> environment) {
    return Stream.of("LC_ALL", "LC_MESSAGES", "LANG")
        .map(name -> environment.getOrDefault(name, ""))
        .filter(value -> !value.isEmpty())
        .findFirst()
        .map(value -> of(value.startsWith("zh") ? Locale.CHINESE : Locale.ROOT))
        .orElseGet(() -> of(Locale.getDefault()));
  }

  /** Chinese where the locale is, else English. */
  static ChatWords of(Locale locale) {
    var name = locale.getLanguage().equals("zh") ? "chat_zh.properties" : "chat.properties";
    try (var in = Objects.requireNonNull(ChatWords.class.getResourceAsStream(name), name);
        var reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
      return new ChatWords(new PropertyResourceBundle(reader));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One sentence, with its figures. */
  String say(String key, Object... figures) {
    return words.getString(key).formatted(figures);
  }
}
