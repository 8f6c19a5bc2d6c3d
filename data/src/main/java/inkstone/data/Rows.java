package inkstone.data;

import java.util.ArrayList;
import java.util.List;

/**
 * The rows of a table in text: fields parted by commas, quoted where they hold one (RFC 4180); or
 * by tabs, with nothing quoted.
 *
 * @param fields of one row
 * @param line where it begins, counted from 1
 */
record Rows(List<String> fields, int line) {

  /** The rows of a text that are not blank. */
  static List<Rows> of(String text, char separator, String file) {
    var rows = new ArrayList<Rows>();
    var reader = new Reader(text, separator, file);
    while (!reader.atEnd()) {
      var row = reader.row();
      if (row.fields.size() > 1 || !row.fields.getFirst().isBlank()) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static final class Reader {
    private final String text;
    private final char separator;
    private final String file;
    private int at;
    private int line = 1;

    Reader(String text, char separator, String file) {
      this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
      this.separator = separator;
      this.file = file;
    }

    boolean atEnd() {
      return at >= text.length();
    }

    Rows row() {
      int begun = line;
      var fields = new ArrayList<String>();
      boolean more = true;
      while (more) {
        fields.add(separator == ',' && !atEnd() && text.charAt(at) == '"' ? quoted() : plain());
        more = !atEnd() && text.charAt(at) == separator;
        if (more) {
          at++;
        } else if (!atEnd()) {
          end(begun);
        }
      }
      return new Rows(List.copyOf(fields), begun);
    }

    private void end(int begun) {
      if (text.charAt(at) == '\r') {
        at++;
      }
      if (!atEnd() && text.charAt(at) == '\n') {
        at++;
        line++;
      } else if (!atEnd()) {
        throw new CorpusException(
            "%s, line %d: a quoted field goes on behind its closing quote; write a quote inside as two"
                .formatted(file, begun));
      }
    }

    private String plain() {
      int start = at;
      while (!atEnd() && text.charAt(at) != separator && text.charAt(at) != '\n') {
        at++;
      }
      int end = at > start && text.charAt(at - 1) == '\r' ? at - 1 : at;
      return text.substring(start, end);
    }

    private String quoted() {
      int begun = line;
      var field = new StringBuilder();
      at++;
      while (!atEnd()) {
        char c = text.charAt(at++);
        if (c == '"') {
          if (atEnd() || text.charAt(at) != '"') {
            return field.toString();
          }
          at++;
        } else if (c == '\n') {
          line++;
        }
        field.append(c);
      }
      throw new CorpusException(
          "%s, line %d: a quote is opened and never closed".formatted(file, begun));
    }
  }
}
