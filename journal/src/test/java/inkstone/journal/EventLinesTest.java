package inkstone.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class EventLinesTest {

  private static final Instant TIME = Instant.parse("2026-03-01T10:00:00.125Z");

  static Stream<Arguments> golden() {
    var rates = new LinkedHashMap<String, Double>();
    rates.put("fp32", 900.0);
    rates.put("bf16", 1800.5);
    return Stream.of(
        Arguments.of(
            new RunStarted(
                "inkstone speedrun",
                "0.1.0",
                7,
                new Machine("Linux 6", "amd64", "A CPU", 2, 8L << 30, "JVM 25", "libtorch", "cpu"),
                "seed: 7\n"),
            """
            "type":"run_started",TIME,"command":"inkstone speedrun","version":"0.1.0","seed":7,\
            "machine":{"os":"Linux 6","arch":"amd64","cpu":"A CPU","cores":2,\
            "memory_bytes":8589934592,"java":"JVM 25","engine":"libtorch","device":"cpu"},\
            "recipe":"seed: 7\\n\""""),
        Arguments.of(
            new InputSkipped("a/b.txt", "not UTF-8 at byte 3"),
            """
            "type":"input_skipped",TIME,"file":"a/b.txt","reason":"not UTF-8 at byte 3\""""),
        Arguments.of(
            new CorpusRead(List.of("x", "y"), 3, 100, 0.5, 90, 10, "tail"),
            """
            "type":"corpus_read",TIME,"sources":["x","y"],"documents":3,"bytes":100,"share":0.5,\
            "training_bytes":90,"held_out_bytes":10,"split":"tail\""""),
        Arguments.of(
            new Judged(4, "test", "classification", 0.25, 0.9, 0.875, 80, 1.5),
            """
            "type":"judged",TIME,"step":4,"split":"test","task":"classification","loss":0.25,\
            "accuracy":0.9,"macro_f1":0.875,"examples":80,"seconds":1.5"""),
        Arguments.of(
            new Guessed(4, "validation", 2.5, 0.5, 300, 1.5),
            """
            "type":"guessed",TIME,"step":4,"split":"validation","loss":2.5,"accuracy":0.5,\
            "hidden":300,"seconds":1.5"""),
        Arguments.of(
            new BaselineJudged("TF-IDF", "test", 0.75, 0.5, 80, 1.5),
            """
            "type":"baseline_judged",TIME,"name":"TF-IDF","split":"test","accuracy":0.75,\
            "macro_f1":0.5,"examples":80,"seconds":1.5"""),
        Arguments.of(
            new Confused("test", List.of("a", "b"), List.of(List.of(3L, 1L), List.of(0L, 4L))),
            """
            "type":"confused",TIME,"split":"test","labels":["a","b"],"counts":[[3,1],[0,4]]"""),
        Arguments.of(
            new Mistaken("test", "so good", "a", "b", 0.875),
            """
            "type":"mistaken",TIME,"split":"test","text":"so good","expected":"a","given":"b",\
            "probability":0.875"""),
        Arguments.of(
            new PullStarted("hf:org/name", "abc", 3, 5_000_000_000L, 7),
            """
            "type":"pull_started",TIME,"source":"hf:org/name","snapshot":"abc","files":3,\
            "bytes":5000000000,"present_bytes":7"""),
        Arguments.of(
            new Downloading("model.safetensors", 10, 20, 30, 1.5),
            """
            "type":"downloading",TIME,"file":"model.safetensors","file_bytes":10,"bytes":20,\
            "total":30,"bytes_per_second":1.5"""),
        Arguments.of(
            new Downloaded("model.safetensors", 10, "ab", true, 1.5),
            """
            "type":"downloaded",TIME,"file":"model.safetensors","bytes":10,"sha256":"ab",\
            "checked":true,"seconds":1.5"""),
        Arguments.of(
            new Pulled("hf:org/name", "/a/b", 10, 1.5),
            """
            "type":"pulled",TIME,"source":"hf:org/name","path":"/a/b","bytes":10,"seconds":1.5"""),
        Arguments.of(
            new TokenizerLearned("bpe", 4096, 3.25, 1.5),
            """
            "type":"tokenizer_learned",TIME,"kind":"bpe","vocabulary":4096,\
            "bytes_per_token":3.25,"seconds":1.5"""),
        Arguments.of(
            new Calibrated("bf16", 1800.5, 1.5E12, 4.0, rates),
            """
            "type":"calibrated",TIME,"compute":"bf16","tokens_per_second":1800.5,\
            "matmul_roof":1.5E12,"seconds":4.0,"rates":{"fp32":900.0,"bf16":1800.5}"""),
        Arguments.of(
            new Planned(10, 1000, 4, 128, 4, 64, 300, 5000, 50, 100, 9.5, false, "rule"),
            """
            "type":"planned",TIME,"minutes":10.0,"parameters":1000,"layers":4,"width":128,\
            "heads":4,"context":64,"vocabulary":300,"tokens":5000,"steps":50,\
            "tokens_per_step":100,"expected_minutes":9.5,"timed":false,"rule":"rule\""""),
        Arguments.of(
            new Step(1, 100, 5.5, 1e-3, Double.POSITIVE_INFINITY, 200.0, 0.25),
            """
            "type":"step",TIME,"step":1,"tokens":100,"loss":5.5,"learning_rate":0.001,\
            "gradient_norm":"Infinity","tokens_per_second":200.0,"roof_share":0.25"""),
        Arguments.of(
            new DecayStarted(40),
            """
            "type":"decay_started",TIME,"step":40"""),
        Arguments.of(
            new Evaluated(50, "held_out", Double.NaN, 2.25, 1000, 0.5),
            """
            "type":"evaluated",TIME,"step":50,"split":"held_out","loss":"NaN",\
            "bits_per_byte":2.25,"bytes":1000,"seconds":0.5"""),
        Arguments.of(
            new BaselineMeasured("xz", 2.5, 1000, 0.5),
            """
            "type":"baseline_measured",TIME,"name":"xz","baseline_bits_per_byte":2.5,\
            "bytes":1000,"seconds":0.5"""),
        Arguments.of(
            new Sampled(50, "To \"be\"", "\n论语 </script>"),
            """
            "type":"sampled",TIME,"step":50,"prompt":"To \\"be\\"","text":"\\n论语 </script>\""""),
        Arguments.of(
            new CheckpointSaved(50, "checkpoints/step-50", 0.25),
            """
            "type":"checkpoint_saved",TIME,"step":50,"path":"checkpoints/step-50",\
            "seconds":0.25"""),
        Arguments.of(
            new Resumed(50),
            """
            "type":"resumed",TIME,"step":50"""),
        Arguments.of(
            Noted.warning("hot"),
            """
            "type":"noted",TIME,"level":"warning","message":"hot\""""),
        Arguments.of(
            Noted.info("cold"),
            """
            "type":"noted",TIME,"level":"info","message":"cold\""""),
        Arguments.of(
            new Finished(50, "done", 600.5),
            """
            "type":"finished",TIME,"step":50,"reason":"done","seconds":600.5"""));
  }

  @ParameterizedTest
  @MethodSource("golden")
  void everyEventHasItsLineAndComesBack(Event event, String line) {
    var recorded = new Recorded(TIME, event);
    var written = Lines.write(recorded);
    assertEquals("{" + line.replace("TIME", "\"time\":\"" + TIME + "\"") + "}", written);
    assertEquals(recorded, Lines.read(written, EventTypes.standard()).orElseThrow().recorded());
  }

  @Test
  void unknownTypesAreKeptAsTheyAre() {
    var text = "{\"type\":\"moon_rose\",\"time\":\"" + TIME + "\",\"step\":4,\"phase\":[1,\"x\"]}";
    var line = Lines.read(text, EventTypes.standard()).orElseThrow();
    var unknown = (Unknown) line.recorded().event();
    assertEquals("moon_rose", unknown.type());
    assertEquals("{\"step\":4,\"phase\":[1,\"x\"]}", unknown.fields().toString());
    assertEquals(4, line.step());
    assertEquals(text, Lines.write(line.recorded()));
  }

  @Test
  void aKnownTypeWithOtherFieldsIsKeptAsUnknown() {
    for (var fields : List.of("", ",\"step\":\"many\"", ",\"step\":null")) {
      var text = "{\"type\":\"resumed\",\"time\":\"" + TIME + "\"" + fields + "}";
      var line = Lines.read(text, EventTypes.standard()).orElseThrow();
      assertEquals("resumed", ((Unknown) line.recorded().event()).type(), text);
      assertEquals(Long.MIN_VALUE, line.step(), text);
    }
  }

  @Test
  void aFieldOfALaterVersionDoesNoHarm() {
    var text = "{\"type\":\"decay_started\",\"time\":\"" + TIME + "\",\"step\":4,\"new\":1}";
    assertEquals(
        new DecayStarted(4),
        Lines.read(text, EventTypes.standard()).orElseThrow().recorded().event());
  }

  @Test
  void whatIsNoEventIsRefused() {
    for (var text :
        List.of(
            "",
            "[]",
            "3",
            "{",
            "{}",
            "{\"type\":\"step\"}",
            "{\"time\":\"" + TIME + "\"}",
            "{\"type\":3,\"time\":\"" + TIME + "\"}",
            "{\"type\":\"step\",\"time\":5}",
            "{\"type\":\"step\",\"time\":\"yesterday\"}",
            "\0\0\0")) {
      assertTrue(Lines.read(text, EventTypes.standard()).isEmpty(), text);
    }
  }

  record MoonRose(long step, Map<String, Double> faceShare) implements Event {}

  record Timed(long time) implements Event {}

  record Typed(String type) implements Event {}

  static final class NoRecord implements Event {}

  @Test
  void otherRoomsReadTheirOwnEvents() {
    var types = EventTypes.standard().with(MoonRose.class).with(MoonRose.class);
    var recorded = new Recorded(TIME, new MoonRose(3, Map.of("left", 0.5)));
    var text = Lines.write(recorded);
    assertEquals(
        "{\"type\":\"moon_rose\",\"time\":\""
            + TIME
            + "\",\"step\":3,\"face_share\":{\"left\":0.5}}",
        text);
    assertEquals(recorded, Lines.read(text, types).orElseThrow().recorded());
    assertTrue(EventTypes.standard().find("moon_rose").isEmpty());
  }

  static final class Elsewhere {
    record MoonRose(long step) implements Event {}
  }

  @Test
  void typesThatCannotBeWrittenAreRefused() {
    var types = EventTypes.standard();
    assertThrows(IllegalArgumentException.class, () -> types.with(Timed.class));
    assertThrows(IllegalArgumentException.class, () -> types.with(Typed.class));
    assertThrows(IllegalArgumentException.class, () -> types.with(NoRecord.class));
    var more = types.with(MoonRose.class);
    var error =
        assertThrows(IllegalArgumentException.class, () -> more.with(Elsewhere.MoonRose.class));
    assertTrue(String.valueOf(error.getMessage()).contains("moon_rose"), error.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new Noted("loud", "x"));
  }

  @Test
  void listsAndMapsOfEventsCannotBeChanged() {
    var read = new CorpusRead(List.of("x"), 1, 1, 1, 1, 1, "tail");
    assertThrows(UnsupportedOperationException.class, () -> read.sources().add("y"));
    var rates = new Calibrated("fp32", 1, 1, 1, new LinkedHashMap<>()).rates();
    assertThrows(UnsupportedOperationException.class, () -> rates.put("y", 1.0));
  }
}
