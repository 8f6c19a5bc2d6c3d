package inkstone.journal;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Shows a run as it goes on: a live progress bar on a terminal, plain lines elsewhere. What is
 * shown follows from the events and their times alone. Not safe for use by several threads; a
 * {@link Journal} calls it from one at a time.
 */
public final class Terminal implements Consumer<Recorded> {

  private static final Duration LIVE_PAUSE = Duration.ofMillis(100);
  private static final Duration PLAIN_PAUSE = Duration.ofSeconds(5);
  private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

  private final PrintStream out;
  private final boolean live;
  private final int columns;
  private final ZoneId zone;
  private final boolean unicode;

  private long total;
  private long firstStep;
  private Instant started = Instant.MIN;
  private Optional<Instant> end = Optional.empty();
  private Instant firstTime = Instant.MAX;
  private Instant shown = Instant.MIN;
  private String bar = "";

  private Terminal(PrintStream out, boolean live, int columns, ZoneId zone) {
    this.out = out;
    this.live = live;
    this.columns = columns;
    this.zone = zone;
    this.unicode = out.charset().newEncoder().canEncode('█');
  }

  /** Shows on standard error: live if that is a terminal. Width is taken from {@code COLUMNS}. */
  public static Terminal standardError() {
    var columns = Optional.ofNullable(System.getenv("COLUMNS")).orElse("80");
    return of(
        System.err,
        standardErrorIsTerminal(),
        columns.matches("[1-9]\\d{0,3}") ? Integer.parseInt(columns) : 80,
        ZoneId.systemDefault());
  }

  /** Shows one plain line after another, at most one step in five seconds. */
  public static Terminal plain(PrintStream out) {
    return of(out, false, 80, ZoneId.systemDefault());
  }

  static Terminal of(PrintStream out, boolean live, int columns, ZoneId zone) {
    return new Terminal(out, live, columns, zone);
  }

  /** A console is one of standard input and output; Linux tells of standard error itself. */
  private static boolean standardErrorIsTerminal() {
    var link = Path.of("/proc/self/fd/2");
    if (Files.isSymbolicLink(link)) {
      try {
        return Files.readSymbolicLink(link).toString().matches("/dev/(pts/|tty|console).*");
      } catch (IOException e) {
        return false;
      }
    }
    var console = System.console();
    return console instanceof Console && console.isTerminal();
  }

  @Override
  public void accept(Recorded recorded) {
    switch (recorded.event()) {
      case Step step -> step(recorded.time(), step);
      case Downloading download -> downloading(recorded.time(), download);
      case Evaluated _,
          Judged _,
          Guessed _,
          TranslationScored _,
          Sampled _,
          CheckpointSaved _,
          DecayStarted _,
          Noted _ -> {
        line(recorded.event());
        draw();
      }
      default -> {
        switch (recorded.event()) {
          case Planned plan -> {
            total = plan.steps();
            end =
                plan.timed()
                    ? Optional.of(started.plusMillis(Math.round(60_000 * plan.minutes())))
                    : Optional.empty();
          }
          case WordsPlanned plan -> total = plan.steps();
          case RunStarted _ -> {
            started = recorded.time();
            firstTime = Instant.MAX;
          }
          case Resumed _ -> {
            firstTime = Instant.MAX;
            // How much of its time the run has used is not in its events.
            end = Optional.empty();
          }
          default -> {}
        }
        line(recorded.event());
        bar = "";
      }
    }
    out.flush();
  }

  private void line(Event event) {
    clear();
    EventWords.of(event).lines().forEach(line -> out.print(line + "\n"));
  }

  private void step(Instant time, Step step) {
    if (firstTime.equals(Instant.MAX)) {
      firstTime = time;
      firstStep = step.step();
    }
    progress(time, figures(time, step), step.step(), total);
  }

  private void downloading(Instant time, Downloading download) {
    progress(time, figures(time, download), download.bytes(), download.total());
  }

  private void progress(Instant time, String figures, long done, long total) {
    bar = live ? fitted(figures, done, total) : figures;
    var last = done == total;
    if (last || !time.isBefore(shown.plus(live ? LIVE_PAUSE : PLAIN_PAUSE))) {
      shown = time;
      draw();
      if (!live) {
        out.print(bar + "\n");
      }
    }
  }

  private void draw() {
    if (live && !bar.isEmpty()) {
      // Without wrapping: a window that has become narrower cuts the line and does not break it.
      out.print("\r\u001b[?7l" + bar + "\u001b[K\u001b[?7h");
    }
  }

  private void clear() {
    if (live && !bar.isEmpty()) {
      out.print("\r\u001b[K");
    }
  }

  /** The figures with as long a bar before them as the line has room for. */
  private String fitted(String figures, long done, long total) {
    var room = Math.min(30, columns - 2 - figures.length());
    if (total == 0 || room < 4) {
      return figures.substring(0, Math.min(figures.length(), columns - 1));
    }
    var full = (int) ((double) Math.min(done, total) * room / total);
    return (unicode ? "█" : "#").repeat(full)
        + (unicode ? "░" : ".").repeat(room - full)
        + " "
        + figures;
  }

  private String figures(Instant time, Downloading download) {
    var left = download.total() - download.bytes();
    var text = new StringBuilder(Words.bytes(download.bytes()));
    if (download.total() > 0) {
      text.append(" of ").append(Words.bytes(download.total()));
    }
    text.append("  ").append(Words.bytes(download.bytesPerSecond())).append("/s");
    if (left > 0 && download.bytesPerSecond() > 0) {
      text.append(end(time, left / download.bytesPerSecond()));
    }
    return text.append("  ").append(Words.harmless(download.file())).toString();
  }

  /** How long it will take, and when that is. */
  private String end(Instant time, double seconds) {
    // A speed of next to nothing has no end that a calendar could show.
    var soon = Math.min(seconds, Duration.ofDays(365).toSeconds());
    var ends = time.plusMillis(Math.round(1000 * soon)).atZone(zone);
    return "  " + Words.clock(soon) + " left, ends " + HOUR.format(ends);
  }

  private String figures(Instant time, Step step) {
    var text = new StringBuilder();
    text.append(total == 0 ? "step " + step.step() : step.step() + "/" + total);
    text.append("  loss ").append(Words.fixed(step.loss(), 3));
    text.append("  ").append(Words.count(step.tokensPerSecond())).append(" tok/s");
    if (step.roofShare() > 0) {
      text.append("  ").append(Words.percent(step.roofShare())).append(" of roof");
    }
    if (total > 0 && step.step() > firstStep) {
      var millis = (double) Duration.between(firstTime, time).toMillis();
      double bySteps = millis / (step.step() - firstStep) * Math.max(0, total - step.step());
      double left =
          end.map(e -> (double) Math.max(0, Duration.between(time, e).toMillis())).orElse(bySteps);
      text.append(end(time, left / 1000));
    }
    return text.toString();
  }
}
