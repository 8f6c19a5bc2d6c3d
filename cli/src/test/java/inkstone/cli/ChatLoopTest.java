package inkstone.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.generate.GenerationRequest;
import inkstone.generate.LanguageModel;
import inkstone.text.Conversation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.PropertyResourceBundle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatLoopTest {

  private static final LanguageModel MODEL = ChatModels.echoing(64);

  private final StringWriter shown = new StringWriter();
  private final ChatSession session =
      new ChatSession(MODEL, GenerationRequest.of("").maxTokens(3), Optional.empty());

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private ChatLoop loop(boolean styled, boolean figures, Locale locale) {
    return new ChatLoop(
        session, new ChatScreen(new PrintWriter(shown), styled), ChatWords.of(locale), figures);
  }

  private ChatLoop loop() {
    return loop(false, false, Locale.ROOT);
  }

  private String take() {
    var text = shown.toString().replace("\r", "");
    shown.getBuffer().setLength(0);
    return text;
  }

  @Test
  void aMessageIsAnswered() {
    assertTrue(loop().accept("hi"));
    assertEquals("!!!\nthe limit of 3 tokens is reached; /set max-tokens=N raises it\n", take());
    assertTrue(loop().accept(""));
    assertEquals("", take());
  }

  @Test
  void figuresAreDimWhereThereIsStyle() {
    loop(true, true, Locale.ROOT).accept("hi");
    var text = take();
    assertTrue(
        text.matches(
            "(?s)!!!\n.*\u001B\\[2m3 tokens, [0-9.]+ tokens/s, first after [0-9.]+ s\u001B\\[0m\n"),
        text);
    loop(false, true, Locale.ROOT).accept("hi");
    assertFalse(take().contains("\u001B"));
  }

  @Test
  void everyCommandAnswers(@TempDir Path folder) throws Exception {
    var loop = loop();
    loop.accept("hi");
    take();
    loop.accept("/help");
    assertTrue(take().contains("/regenerate"));
    loop.accept("/system");
    assertTrue(take().startsWith("there are no rules"));
    loop.accept("/system be kind");
    assertEquals("the rules are set\n", take());
    loop.accept("/system");
    assertEquals("be kind\n", take());
    var file = folder.resolve("墨 水.json");
    loop.accept("/save " + file);
    assertEquals("saved to " + file + "\n", take());
    assertEquals(session.conversation(), Conversation.parse(Files.readString(file)));
    loop.accept("/system -");
    take();
    loop.accept("/clear");
    assertEquals("cleared: nothing was said yet\n", take());
    assertEquals(List.of(), session.conversation().messages());
    loop.accept("/load " + file);
    assertEquals("loaded: 2 messages\n", take());
    assertEquals(3, session.conversation().messages().size());
    loop.accept("/regenerate");
    assertTrue(take().startsWith("!!!\n"));
    loop.accept("/set temperature=0.5");
    assertEquals("max-tokens=3, temperature=0.5\n", take());
    loop.accept("/stats");
    assertTrue(take().startsWith("2 messages (0 no longer read), "));
    assertFalse(loop.accept("/quit"));
  }

  @Test
  void mistakesAreLines(@TempDir Path folder) throws Exception {
    var loop = loop();
    var there = Files.writeString(folder.resolve("there"), "{");
    for (var wrong :
        List.of(
            "/sing a song",
            "/save",
            "/save " + there,
            "/save " + folder.resolve("no/where"),
            "/load",
            "/load " + there,
            "/load " + folder.resolve("none"),
            "/load " + folder,
            "/set top-p=2",
            "/set x",
            "/regenerate",
            "x".repeat(100))) {
      assertTrue(loop.accept(wrong), wrong);
      var told = take();
      assertEquals(1, told.strip().lines().count(), wrong + ": " + told);
      assertFalse(told.contains("Exception:"), told);
    }
    assertEquals("{", Files.readString(there));
    assertEquals(List.of(), session.conversation().messages());
  }

  @Test
  void twoSlashesSayOne() {
    loop().accept("//path");
    assertEquals("/path", session.conversation().messages().getFirst().content().orElseThrow());
  }

  @Test
  void whatATerminalWouldObeyIsNotShown() {
    assertEquals("a[31m\tb\n墨", ChatScreen.visible("a\u001B[31m\tb\r\n墨\u0007\u009B"));
  }

  @Test
  void chineseWhereTheLocaleIs() {
    loop(false, false, Locale.SIMPLIFIED_CHINESE).accept("/clear");
    assertEquals("已清空：对话重新开始\n", take());
    loop(false, false, Locale.FRENCH).accept("/clear");
    assertEquals("cleared: nothing was said yet\n", take());
  }

  @Test
  void theEnvironmentSaysTheLanguage() {
    assertEquals("已停止", ChatWords.of(Map.of("LANG", "zh_CN.UTF-8")).say("stopped"));
    assertEquals(
        "stopped", ChatWords.of(Map.of("LC_ALL", "en_US.UTF-8", "LANG", "zh_CN")).say("stopped"));
    assertEquals("已停止", ChatWords.of(Map.of("LC_ALL", "", "LC_MESSAGES", "zh")).say("stopped"));
  }

  @Test
  void bothLanguagesSayTheSameThings() throws Exception {
    try (var en = ChatWords.class.getResourceAsStream("chat.properties");
        var zh = ChatWords.class.getResourceAsStream("chat_zh.properties")) {
      var english = new PropertyResourceBundle(new java.io.InputStreamReader(en, "UTF-8"));
      var chinese = new PropertyResourceBundle(new java.io.InputStreamReader(zh, "UTF-8"));
      assertEquals(english.keySet(), chinese.keySet());
      for (var key : english.keySet()) {
        var pattern = "%[,.0-9]*[a-z]";
        assertEquals(
            places(english.getString(key), pattern), places(chinese.getString(key), pattern), key);
      }
    }
  }

  private static List<String> places(String text, String pattern) {
    return java.util.regex.Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(java.util.regex.MatchResult::group)
        .toList();
  }

  @Test
  void severalLinesAreOneMessage() {
    assertTrue(ChatInput.complete("a"));
    assertFalse(ChatInput.complete("a\\"));
    assertTrue(ChatInput.complete("a\\\nb"));
    assertEquals("a\nb", ChatInput.message("a\\\nb"));
    assertFalse(ChatInput.complete("\"\"\""));
    assertFalse(ChatInput.complete("\"\"\"a\nb"));
    assertTrue(ChatInput.complete("\"\"\"\na\\\n\nb\n\"\"\""));
    assertEquals("a\\\n\nb", ChatInput.message("\"\"\"\na\\\n\nb\n\"\"\""));
    assertEquals("a", ChatInput.message("\"\"\"a"));
    assertEquals("", ChatInput.message("\"\"\"\"\"\""));
  }

  @Test
  void historyIsTheOwnersAlone(@TempDir Path folder) throws Exception {
    var file = ChatHistory.usual(Map.of("XDG_DATA_HOME", folder.resolve("data").toString()));
    assertEquals(folder.resolve("data/inkstone/chat_history"), file);
    assertTrue(ChatHistory.prepare(file));
    if (Files.getFileStore(folder).supportsFileAttributeView("posix")) {
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      assertEquals(
          "rwx------",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
    }
    assertFalse(ChatHistory.prepare(folder));
    var plain = Files.writeString(folder.resolve("plain"), "");
    assertFalse(ChatHistory.prepare(plain.resolve("below")));
  }
}
