package inkstone.journal;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;

/** A run that never was, but might have been: the same every time, for tests and for the eye. */
final class SampleRun {

  static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  static final int STEPS = 2400;
  private static final int PER_STEP = 4096;
  private static final double PEAK = 2e-3;

  private final List<Recorded> events = new ArrayList<>();
  private Instant now = START;

  private SampleRun() {}

  static List<Recorded> events() {
    var run = new SampleRun();
    run.play();
    return run.events;
  }

  static RunLog log() {
    return new RunLog(events(), List.of());
  }

  /** Writes the run as a journal would. */
  static void write(Path folder) {
    var clock = new SetClock();
    try (var journal = Journal.open(folder, clock, List.of())) {
      for (var recorded : events()) {
        clock.now = recorded.time();
        journal.emit(recorded.event());
      }
    }
  }

  /** {@code SampleRun FOLDER} writes run.jsonl and report.html, for a look. */
  public static void main(String[] args) {
    var folder = Path.of(args[0]);
    write(folder);
    HtmlReport.write(RunLog.read(folder), folder.resolve(HtmlReport.FILE));
    TensorBoard.write(RunLog.read(folder), folder.resolve("tensorboard"));
  }

  private void after(double seconds, Event event) {
    now = now.plus(Duration.ofMillis(Math.round(seconds * 1000)));
    events.add(new Recorded(now, event));
  }

  private void play() {
    var random = new Random(7);
    after(
        0,
        new RunStarted(
            "inkstone speedrun --minutes 10 --corpus tinyshakespeare --seed 7",
            "0.1.0",
            7,
            new Machine(
                "Linux 6.1.0",
                "amd64",
                "AMD EPYC 7B13",
                2,
                16_400_000_000L,
                "Eclipse Adoptium 25.0.1+8-LTS",
                "libtorch 2.10.0",
                "cpu"),
            ""));
    after(0.1, new InputSkipped("tinyshakespeare/cover.png", "binary: a zero byte at 16"));
    after(0.1, new InputSkipped("tinyshakespeare/old.txt", "not UTF-8 at byte 30412"));
    after(
        0.2,
        new CorpusRead(List.of("tinyshakespeare"), 1, 1_115_394, 1, 1_003_854, 111_540, "tail"));
    after(1.3, new TokenizerLearned("bpe", 2048, 2.80, 1.28));
    var rates = new LinkedHashMap<String, Double>();
    rates.put("fp32", 6_210.0);
    rates.put("bf16", 11_840.0);
    after(4.1, new Calibrated("bf16", 11_840, 4.1e11, 4.06, rates));
    after(
        0.1,
        new Planned(
            10,
            3_152_640,
            5,
            224,
            7,
            256,
            2048,
            (long) STEPS * PER_STEP,
            STEPS,
            PER_STEP,
            9.6,
            true,
            "parameters and tokens from the measured rate at a fixed ratio (Hoffmann et al. 2022,"
                + " section 3.3), the ratio lowered for repeated data"));
    after(
        0.1,
        new RecipeFrozen(
            """
            seed: 7
            model:
              family: llama
              layers: 5
              width: 224
              heads: 7
              context: 256
            data:
              corpus: [tinyshakespeare]
              split: tail
              order: epoch
            train:
              steps: 2400
              tokens_per_step: 4096
              learning_rate: 0.002
              schedule: warmup-stable-decay
              compute: bf16
            """));
    after(0.1, new NetworkBuilt("llama", 3_152_640));
    after(0.3, new BaselineMeasured("xz", 2.5187, 111_540, 0.31));
    after(1.1, new BaselineMeasured("Kneser-Ney byte 5-gram", 2.2836, 111_540, 1.07));
    for (var step = 1; step <= STEPS; step++) {
      step(step, random);
    }
    after(2.1, new Evaluated(STEPS, "held_out", 4.015, 2.0673, 111_540, 2.03));
    after(
        0.9,
        new Sampled(
            STEPS,
            "",
            """
            DUKE VINCENTIO:
            Who is the word, and let the world go by,
            That thou hast made a hollow of my name?

            ISABELLA:
            My lord, I would not have the heavens so
            As to be pardoned for a thing so small.
            """));
    after(
        0.8,
        new Sampled(
            STEPS,
            "To be, or not to be",
            """
            , that I may say the truth
            Which is the better part of all this night;
            And so I leave you to your own content.
            """));
    after(
        0.8,
        new Sampled(STEPS, "ROMEO:", "\nWhat light is this that <b>breaks</b> upon the \"wall\"?"));
    after(0.2, new CheckpointSaved(STEPS, "checkpoints/step-2400", 0.18));
    after(0.1, new Finished(STEPS, "done", 583.4));
  }

  private void step(int step, Random random) {
    var rate =
        step <= 100
            ? PEAK * step / 100
            : step <= 1920 ? PEAK : PEAK * (STEPS - step) / (STEPS - 1920.0);
    var loss =
        3.75
            + 3.9 * Math.exp(-step / 90.0)
            + 1.35 * Math.exp(-step / 900.0)
            - (step > 1920 ? 0.22 * (step - 1920) / 480.0 : 0);
    if (step == 1921) {
      after(0, new DecayStarted(step));
    }
    var speed = 17_100 + 500 * random.nextGaussian() - (step % 240 < 6 ? 2_500 : 0);
    after(
        PER_STEP / speed,
        new Step(
            step,
            (long) step * PER_STEP,
            loss + 0.09 * random.nextGaussian(),
            rate,
            0.7 + 4 * Math.exp(-step / 60.0) + 0.1 * Math.abs(random.nextGaussian()),
            speed,
            speed / 17_100 * 0.62));
    if (step % 120 == 0) {
      after(
          0.4,
          new Evaluated(
              step, "held_out", loss + 0.12 + step / 9000.0, (loss + 0.12) / 1.942, 32_768, 0.38));
    }
    if (step % 240 == 0) {
      after(0.2, new CheckpointSaved(step, "checkpoints/step-" + step, 0.17));
    }
    if (step == 240) {
      after(
          0.5, new Sampled(step, "To be, or not to be", " the thes ard the, and wour my the he\n"));
    }
    if (step == 960) {
      after(
          0.5,
          new Sampled(
              step,
              "To be, or not to be",
              " the king of the world\nAnd thou art not the dead man's son.\n"));
      after(
          0, Noted.warning("checkpoint took 3.1 % of the time since the last; saving less often"));
    }
    if (step == 1680) {
      after(
          0.5,
          new Sampled(
              step,
              "To be, or not to be",
              " in the court, and so I do:\nThe noble lord hath made a fair report.\n"));
      after(
          0,
          new Unknown(
              "energy_measured",
              Lines.MAPPER.createObjectNode().put("step", 1680).put("joules", 8123.5)));
    }
  }

  private static final class SetClock extends Clock {
    private Instant now = START;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
