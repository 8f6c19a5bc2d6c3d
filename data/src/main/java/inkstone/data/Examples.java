package inkstone.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Texts with labels from files in UTF-8: {@code .csv} and {@code .tsv} with names in their first
 * line, {@code .jsonl} with an object a line, {@code .txt} with a text a line and no labels.
 */
public final class Examples {

  private static final JsonMapper JSON = new JsonMapper();

  private Examples() {}

  /**
   * All examples of the files, in order.
   *
   * @throws CorpusException if a file is missing or malformed, lacks a column, or has no example
   */
  public static List<Example> read(List<Path> files, Columns columns) {
    var all = new ArrayList<Example>();
    for (var file : files) {
      var some = read(file, columns);
      if (some.isEmpty()) {
        throw new CorpusException(file + ": there is no example in it");
      }
      all.addAll(some);
    }
    return all;
  }

  private static List<Example> read(Path file, Columns columns) {
    var name = file.toString();
    var text = text(file);
    if (name.endsWith(".csv")) {
      return table(name, Rows.of(text, ',', name), columns);
    }
    if (name.endsWith(".tsv")) {
      return table(name, Rows.of(text, '\t', name), columns);
    }
    if (name.endsWith(".jsonl")) {
      return objects(name, text.split("\n", -1), columns);
    }
    if (name.endsWith(".txt")) {
      return lines(name, text.split("\n", -1));
    }
    throw new CorpusException(name + ": give a file that ends in .csv, .tsv, .jsonl or .txt");
  }

  private static String text(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CorpusException(file + ": there is no such file");
    }
    try {
      var bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new CorpusException(file + ": is not UTF-8 text; convert it first", e);
    } catch (IOException e) {
      throw new CorpusException(file + ": cannot be read: " + e, e);
    }
  }

  private static List<Example> table(String file, List<Rows> rows, Columns columns) {
    if (rows.isEmpty()) {
      return List.of();
    }
    var names = rows.getFirst().fields();
    int text = names.indexOf(columns.text(names, file));
    int label = columns.hasLabel(names) ? names.indexOf(columns.label(names, file)) : -1;
    int pair = columns.pair().isEmpty() ? -1 : names.indexOf(columns.pair());
    if (!columns.pair().isEmpty() && pair < 0) {
      throw new CorpusException(
          "%s: there is no column '%s'; it has %s; set data.pair to one of them"
              .formatted(file, columns.pair(), names));
    }
    var examples = new ArrayList<Example>();
    for (var row : rows.subList(1, rows.size())) {
      var place = file + ", line " + row.line();
      if (row.fields().size() != names.size()) {
        throw new CorpusException(
            "%s: it has %d fields, and the first line names %d"
                .formatted(place, row.fields().size(), names.size()));
      }
      examples.add(
          new Example(
              row.fields().get(text),
              pair < 0 ? Optional.empty() : Optional.of(row.fields().get(pair)),
              label < 0 ? "" : row.fields().get(label).strip(),
              place));
    }
    return examples;
  }

  private static List<Example> objects(String file, String[] lines, Columns columns) {
    var examples = new ArrayList<Example>();
    for (int i = 0; i < lines.length; i++) {
      if (!lines[i].isBlank()) {
        examples.add(object(file + ", line " + (i + 1), lines[i], columns));
      }
    }
    return examples;
  }

  private static Example object(String place, String line, Columns columns) {
    JsonNode json;
    try {
      json = JSON.readTree(line);
    } catch (JacksonException e) {
      throw new CorpusException(place + ": not JSON: " + e.getOriginalMessage(), e);
    }
    if (!json.isObject()) {
      throw new CorpusException(place + ": it must be an object, but is " + json);
    }
    var names = List.copyOf(new LinkedHashSet<>(json.propertyNames()));
    var text = json.get(columns.text(names, place));
    var pair = columns.pair().isEmpty() ? null : json.get(columns.pair());
    if (!text.isString() || (!columns.pair().isEmpty() && (pair == null || !pair.isString()))) {
      throw new CorpusException(place + ": its text must be a string, but is " + text);
    }
    var label = columns.hasLabel(names) ? json.get(columns.label(names, place)).asString("") : "";
    return new Example(
        text.stringValue(), Optional.ofNullable(pair).map(JsonNode::stringValue), label, place);
  }

  private static List<Example> lines(String file, String[] lines) {
    var examples = new ArrayList<Example>();
    for (int i = 0; i < lines.length; i++) {
      if (!lines[i].isBlank()) {
        examples.add(
            new Example(lines[i].strip(), Optional.empty(), "", file + ", line " + (i + 1)));
      }
    }
    return examples;
  }
}
