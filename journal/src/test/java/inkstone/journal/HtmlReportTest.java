package inkstone.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class HtmlReportTest {

  private static RunLog log(Event... events) {
    return new RunLog(
        List.of(events).stream().map(e -> new Recorded(SampleRun.START, e)).toList(), List.of());
  }

  private static String dataText(String page) {
    var start = "<script id=\"data\" type=\"application/json\">";
    var from = page.indexOf(start) + start.length();
    return page.substring(from, page.indexOf("</script>", from));
  }

  private static JsonNode data(RunLog log) {
    return Lines.MAPPER.readTree(dataText(HtmlReport.render(log)));
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  @Test
  void thePageLoadsNothing() {
    var page = HtmlReport.render(SampleRun.log());
    for (var load :
        List.of(
            "(?i)<link",
            "(?i)<img",
            "(?i)<iframe",
            "(?i)<script[^>]*\\ssrc",
            "(?i)\\b(src|srcset|poster)\\s*=\\s*[\"']",
            "(?i)href\\s*=\\s*[\"']?(https?:)?//",
            "(?i)url\\s*\\(",
            "@import",
            "\\bfetch\\s*\\(",
            "XMLHttpRequest",
            "WebSocket",
            "\\bimport\\s*\\(",
            "<!-- [a-z-]+ -->")) {
      var found = Pattern.compile(load).matcher(page);
      assertFalse(found.find(), load);
    }
    assertTrue(page.contains("default-src 'none'"), "the browser enforces it, too");
    assertTrue(page.contains("uPlot"), "the chart library is inside");
    assertTrue(page.contains("Permission is hereby granted"), "and its licence");
  }

  @Test
  void nothingOfARunCanBecomeMarkup() {
    var attack = "</script><script>alert(1)</script><!-- script --> \"'&\u2028 <img src=x>";
    var plain = HtmlReport.render(log());
    var page =
        HtmlReport.render(
            log(
                new RunStarted(attack, attack, 1, Machine.here(attack, attack), attack),
                new Sampled(1, attack, attack),
                new InputSkipped(attack, attack),
                new CorpusRead(List.of(attack), 1, 1, 1, 1, 1, attack),
                new BaselineMeasured(attack, 1, 1, 1),
                new Evaluated(1, attack, 1, 1, 1, 1),
                Noted.warning(attack),
                new Unknown(attack, Lines.MAPPER.createObjectNode().put("x", attack))));
    for (var part : List.of("</script", "<script", "<img", "<!--")) {
      assertEquals(count(plain, part), count(page, part), part);
    }
    assertFalse(dataText(page).contains("<"));
    var read = Lines.MAPPER.readTree(dataText(page));
    assertEquals(attack, read.at("/samples/0/text").stringValue(), "and yet it is whole");
    assertFalse(page.contains("innerHTML") || page.contains("insertAdjacent"), "text nodes only");
  }

  @Test
  void theDataTellsTheRun() {
    var data = data(SampleRun.log());
    assertEquals("2026-03-01T10:00:00Z", data.at("/began").stringValue());
    assertEquals(7, data.at("/run/seed").intValue());
    assertTrue(data.at("/recipe").stringValue().startsWith("seed: 7\n"));
    assertEquals(3_152_640, data.at("/plan/parameters").intValue());
    assertEquals(3_152_640, data.at("/actual/parameters").intValue());
    assertEquals(2400L * 4096, data.at("/actual/tokens").longValue());
    assertEquals(2400, data.at("/actual/steps").intValue());
    assertEquals("done", data.at("/actual/reason").stringValue());
    assertEquals(1, data.at("/actual/processes").intValue());
    assertEquals(2, data.at("/baselines").size());
    assertEquals(2.5187, data.at("/baselines/0/baseline_bits_per_byte").doubleValue());
    assertEquals(21, data.at("/evaluations").size());
    assertEquals(2.0673, data.at("/evaluations/20/bits_per_byte").doubleValue());
    assertEquals(6, data.at("/samples").size());
    assertEquals(11, data.at("/checkpoints_in_all").intValue());
    assertEquals(2, data.at("/skipped").size());
    assertEquals("[1921]", data.at("/decays").toString());
    assertEquals(1, data.at("/others").size());
    assertEquals(
        "energy_measured {\"step\":1680,\"joules\":8123.5}",
        data.at("/others/0/text").stringValue());
    assertEquals(800, data.at("/curve/step").size());
    assertTrue(
        HtmlReport.render(SampleRun.log()).length() < 250_000, "thousands of steps are light");
  }

  @Test
  void theRecipeOfTheStartServesWhereNoneWasFrozen() {
    var machine = Machine.here("x", "cpu");
    assertEquals(
        "a: 1",
        data(log(new RunStarted("c", "1", 1, machine, "a: 1"))).at("/recipe").stringValue());
    assertTrue(data(log(new RunStarted("c", "1", 1, machine, " "))).at("/recipe").isNull());
    assertEquals(
        "b: 2",
        data(log(new RunStarted("c", "1", 1, machine, "a: 1"), new RecipeFrozen("b: 2")))
            .at("/recipe")
            .stringValue());
  }

  @Test
  void listsAreCutAndSayHowLongTheyWere() {
    var events =
        IntStream.rangeClosed(1, 201)
            .<Event>mapToObj(i -> new InputSkipped("f" + i, "x"))
            .toArray(Event[]::new);
    var data = data(log(events));
    assertEquals(200, data.at("/skipped").size());
    assertEquals(201, data.at("/skipped_in_all").intValue());
    assertEquals("f1", data.at("/skipped/0/file").stringValue());
    var saved =
        LongStream.rangeClosed(1, 201)
            .mapToObj(i -> new CheckpointSaved(i, "c" + i, 1))
            .toArray(Event[]::new);
    data = data(log(saved));
    assertEquals(200, data.at("/checkpoints").size());
    assertEquals(201, data.at("/checkpoints_in_all").intValue());
    assertEquals(2, data.at("/checkpoints/0/step").intValue(), "the last ones stay");
  }

  @Test
  void anyBeginningOfARunGivesAReport(@TempDir Path folder) throws IOException {
    SampleRun.write(folder);
    var text = Files.readString(folder.resolve(Journal.FILE));
    for (var i = 0; i <= 20; i++) {
      var part = RunLog.parse(text.substring(0, text.length() * i / 20), EventTypes.standard());
      var data = data(part);
      assertEquals(i < 20, data.at("/actual/reason").isNull());
      assertEquals(part.notes().size(), data.at("/unreadable").size());
    }
  }

  @Test
  void isWrittenWholeOrNotAtAll(@TempDir Path folder) throws IOException {
    var file = folder.resolve(HtmlReport.FILE);
    Files.writeString(file, "old and much longer than nothing");
    HtmlReport.write(SampleRun.log(), file);
    assertEquals(HtmlReport.render(SampleRun.log()), Files.readString(file));
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList(), "nothing is left beside it");
    }
    var error =
        assertThrows(
            JournalException.class,
            () -> HtmlReport.write(SampleRun.log(), folder.resolve("no/such/folder.html")));
    assertTrue(String.valueOf(error.getMessage()).contains("folder.html"));
    var taken = folder.resolve("taken");
    Files.createDirectories(taken.resolve("inside"));
    assertThrows(JournalException.class, () -> HtmlReport.write(SampleRun.log(), taken));
    assertFalse(Files.exists(folder.resolve("taken.part")), "nothing is left of a failed one");
  }

  @Test
  void figuresThatAreNoNumbersDoNotBreakTheData() {
    var data = data(log(new Step(1, 1, Double.NaN, 1, Double.POSITIVE_INFINITY, 1, 1)));
    assertEquals("NaN", data.at("/curve/loss/0").stringValue());
  }
}
