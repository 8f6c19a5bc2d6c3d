package inkstone.cli;

import inkstone.journal.Finished;
import inkstone.journal.HtmlReport;
import inkstone.journal.Judged;
import inkstone.journal.RunLog;
import inkstone.journal.TensorBoard;
import java.nio.file.Path;

/** What is drawn of a run when a command ends. */
final class Reports {

  private Reports() {}

  /** Writes report and TensorBoard file, and tells how to go on. */
  static int write(Path run, String verb, RunLog log) {
    draw(run, log);
    if (stopped(run, verb, log)) {
      return 130;
    }
    System.err.println("let it go on writing with:");
    System.err.println(
        "  ./inkstone generate --model %s --prompt \"\""
            .formatted(CommandLines.quoted(run.resolve("model").toString())));
    return 0;
  }

  /** The same of a run that taught to translate. */
  static int writeTranslation(Path run, String verb, RunLog log) {
    draw(run, log);
    if (stopped(run, verb, log)) {
      return 130;
    }
    System.err.println("let it translate with:");
    System.err.println(
        "  ./inkstone translate --model " + CommandLines.quoted(run.resolve("model").toString()));
    return 0;
  }

  /** The same of a run that taught an encoder. */
  static int writeEncoder(Path run, String verb, RunLog log) {
    draw(run, log);
    if (stopped(run, verb, log)) {
      return 130;
    }
    var model = CommandLines.quoted(run.resolve("model").toString());
    System.err.println(
        log.find(Judged.class).isPresent()
            ? "ask it with:\n  ./inkstone classify --model " + model + " \"...\""
            : "teach it a task with:\n  ./inkstone finetune --model "
                + model
                + " --train FILE --out DIR");
    return 0;
  }

  /** Whether somebody ended the run before its time. */
  static boolean interrupted(RunLog log) {
    return log.find(Finished.class).filter(f -> f.reason().equals("interrupted")).isPresent();
  }

  private static void draw(Path run, RunLog log) {
    var report = run.resolve(HtmlReport.FILE);
    HtmlReport.write(log, report);
    TensorBoard.write(log, run.resolve("tensorboard"));
    System.err.println("report: " + report);
  }

  /** Whether the run was interrupted; then how it goes on is told. */
  private static boolean stopped(Path run, String verb, RunLog log) {
    boolean interrupted = interrupted(log);
    if (interrupted) {
      System.err.println("stopped with a checkpoint; go on with:");
      System.err.println(
          "  ./inkstone " + verb + " --out " + CommandLines.quoted(run.toString()) + " --resume");
    }
    return interrupted;
  }
}
