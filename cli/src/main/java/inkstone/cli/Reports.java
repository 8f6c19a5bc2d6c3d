package inkstone.cli;

import inkstone.journal.Finished;
import inkstone.journal.HtmlReport;
import inkstone.journal.NetworkBuilt;
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
    boolean interrupted =
        log.find(Finished.class).filter(f -> f.reason().equals("interrupted")).isPresent();
    if (interrupted) {
      System.err.println("stopped with a checkpoint; go on with:");
      System.err.println(
          "  ./inkstone " + verb + " --out " + CommandLines.quoted(run.toString()) + " --resume");
      return 130;
    }
    var model = CommandLines.quoted(run.resolve("model").toString());
    boolean translates =
        log.find(NetworkBuilt.class).filter(n -> n.family().equals("marian")).isPresent();
    System.err.println(translates ? "let it translate with:" : "let it go on writing with:");
    System.err.println(
        (translates
                ? "  ./inkstone translate --model %s"
                : "  ./inkstone generate --model %s --prompt \"\"")
            .formatted(model));
    return 0;
  }
}
