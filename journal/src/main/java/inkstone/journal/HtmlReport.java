package inkstone.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The report of a run: one HTML file that loads nothing, in English and Chinese. Any beginning of a
 * run gives one, so it can be written while the run goes on or after a crash.
 *
 * <p>All texts of a run travel as JSON and are put in place as text, never as markup.
 */
public final class HtmlReport {

  /** Name of the file in the folder of a run. */
  public static final String FILE = "report.html";

  private static final String UPLOT = "META-INF/resources/webjars/uplot/1.6.30/";

  private HtmlReport() {}

  /**
   * Writes the report beside the file, then renames.
   *
   * @throws JournalException if it cannot be written; a report that was there stays whole
   */
  public static void write(RunLog log, Path file) {
    WholeFile.write(file, render(log).getBytes(StandardCharsets.UTF_8));
  }

  /** The page as text. */
  static String render(RunLog log) {
    var page = resource("report.html");
    // Pieces are put in from the first slot to the last, so that no piece is searched for slots.
    var out = new StringBuilder();
    var from = 0;
    for (var slot : List.of("chart-style", "style", "data", "chart-script", "script")) {
      var mark = "<!-- " + slot + " -->";
      var at = page.indexOf(mark, from);
      out.append(page, from, at).append(piece(slot, log));
      from = at + mark.length();
    }
    return out.append(page.substring(from)).toString();
  }

  private static String piece(String slot, RunLog log) {
    return switch (slot) {
      case "chart-style" -> element("style", resource(UPLOT + "dist/uPlot.min.css"));
      case "style" -> element("style", resource("report.css"));
      case "data" -> "<script id=\"data\" type=\"application/json\">" + json(log) + "</script>";
      case "chart-script" ->
          element(
              "script",
              "/*\n"
                  + resource(UPLOT + "LICENSE").replace("*/", "* /")
                  + "*/\n"
                  + resource(UPLOT + "dist/uPlot.iife.min.js"));
      default -> element("script", resource("report.words.js") + resource("report.js"));
    };
  }

  private static String element(String name, String text) {
    return "<" + name + ">\n" + text.strip() + "\n</" + name + ">";
  }

  /** JSON that cannot end the element it stands in. */
  private static String json(RunLog log) {
    return Lines.MAPPER
        .writeValueAsString(ReportData.of(log))
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026");
  }

  private static String resource(String name) {
    // A class looks in its own module only, its loader in all that are on the path.
    try (var in =
        name.startsWith(UPLOT)
            ? HtmlReport.class.getClassLoader().getResourceAsStream(name)
            : HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new JournalException(
            name + " is missing; is the library uplot on the class path or module path?");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new JournalException("cannot read " + name + ": " + e, e);
    }
  }
}
