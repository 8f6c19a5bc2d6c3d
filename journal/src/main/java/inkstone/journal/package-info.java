/**
 * The events of a run and the pictures made of them.
 *
 * <p>Whoever works on a run tells a {@link inkstone.journal.Journal} of it, which appends each
 * event to {@code run.jsonl}. {@link inkstone.journal.RunLog} reads that file back, and {@link
 * inkstone.journal.Terminal}, {@link inkstone.journal.HtmlReport} and {@link
 * inkstone.journal.TensorBoard} draw it:
 *
 * <pre>{@code
 * try (var journal = Journal.open(folder, Terminal.standardError())) {
 *   journal.emit(new Evaluated(100, "held_out", 3.1, 2.2, 111_540, 1.9));
 * }
 * var run = RunLog.read(folder);
 * System.out.println(run.last(Evaluated.class).bitsPerByte());
 * HtmlReport.write(run, folder.resolve(HtmlReport.FILE));
 * }</pre>
 */
@NullMarked
package inkstone.journal;

import org.jspecify.annotations.NullMarked;
