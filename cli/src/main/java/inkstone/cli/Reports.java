package inkstone.cli;

import inkstone.journal.Finished;
import inkstone.journal.HtmlReport;
import inkstone.journal.RunLog;
import inkstone.journal.TensorBoard;
import java.nio.file.Path;

/** What is drawn of a run when a command ends. */
final class Reports {

  private Reports() {}

  /** Writes report and TensorBoard file, and tells how to go on. */
  static int write(Path run, String verb, RunLog log) {
    var report = run.resolve(HtmlReport.FILE);
    HtmlReport.write(log, report);
    TensorBoard.write(log, run.resolve("tensorboard"));
    System.err.println("report: " + report);
    if (interrupted(log)) {
      System.err.println("stopped with a checkpoint; go on with:");
      System.err.println(
          "  ./inkstone " + verb + " --out " + CommandLines.quoted(run.toString()) + " --resume");
      return 130;
    }
    System.err.println("let it go on writing with:");
    System.err.println(
        "  ./inkstone generate --model %s --prompt \"\""
            .formatted(CommandLines.quoted(run.resolve("model").toString())));
    return 0;
  }

  /** Whether somebody ended the run before its time. */
  static boolean interrupted(RunLog log) {
    return log.find(Finished.class).filter(f -> f.reason().equals("interrupted")).isPresent();
  }
}
