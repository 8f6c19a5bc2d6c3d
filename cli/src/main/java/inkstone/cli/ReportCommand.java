package inkstone.cli;

import inkstone.journal.HtmlReport;
import inkstone.journal.Journal;
import inkstone.journal.RunLog;
import inkstone.journal.TensorBoard;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code inkstone report RUN_DIR}: draws the report of a run again from its journal, while the run
 * goes on or after it.
 */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Draws report.html of a run again from its run.jsonl, at any time.")
public final class ReportCommand implements Callable<Integer> {

  @Parameters(paramLabel = "RUN_DIR", description = "folder of the run, with run.jsonl in it")
  private Path runFolder = Path.of("");

  @Option(names = "--out", description = "file to write (default: RUN_DIR/report.html)")
  private Optional<Path> out = Optional.empty();

  @Option(names = "--tensorboard", description = "folder to write a TensorBoard event file into")
  private Optional<Path> tensorBoard = Optional.empty();

  /** Made by the command line. */
  public ReportCommand() {}

  @Override
  public Integer call() {
    var log = RunLog.read(runFolder);
    var file = out.orElseGet(() -> runFolder.resolve(HtmlReport.FILE));
    HtmlReport.write(log, file);
    tensorBoard.ifPresent(folder -> TensorBoard.write(log, folder));
    log.notes().forEach(note -> System.err.println(Journal.FILE + ": " + note));
    System.err.println("wrote " + file);
    return 0;
  }
}
