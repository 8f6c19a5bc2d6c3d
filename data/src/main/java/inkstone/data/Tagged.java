package inkstone.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A sentence of words, each with a label.
 *
 * @param words not empty
 * @param labels one for each word
 * @param place where it stands, as {@code names.jsonl, line 7}
 */
public record Tagged(List<String> words, List<String> labels, String place) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> WORDS = List.of("tokens", "words");
  private static final List<String> LABELS = List.of("labels", "tags", "ner_tags");

  /** Copies the lists and checks that they match. */
  public Tagged {
    words = List.copyOf(words);
    labels = List.copyOf(labels);
    if (words.isEmpty() || words.size() != labels.size()) {
      throw new CorpusException(
          "%s: %d words and %d labels; each word needs one"
              .formatted(place, words.size(), labels.size()));
    }
  }

  /**
   * All sentences of the files: {@code .jsonl} with two lists an object, {@code tokens} and {@code
   * labels}; {@code .conll} with a word a line, its label in the last column, and a blank line
   * behind each sentence (Tjong Kim Sang and De Meulder, 2003).
   *
   * @throws CorpusException if a file is missing or malformed, or has no sentence
   */
  public static List<Tagged> read(List<Path> files) {
    var all = new ArrayList<Tagged>();
    for (var file : files) {
      var name = file.toString();
      if (!name.endsWith(".jsonl") && !name.endsWith(".conll")) {
        throw new CorpusException(name + ": give a file that ends in .jsonl or .conll");
      }
      var lines = lines(file);
      var some = name.endsWith(".jsonl") ? objects(name, lines) : columns(name, lines);
      if (some.isEmpty()) {
        throw new CorpusException(file + ": there is no sentence in it");
      }
      all.addAll(some);
    }
    return all;
  }

  private static List<String> lines(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CorpusException(file + ": there is no such file");
    }
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new CorpusException(file + ": cannot be read as UTF-8 text: " + e.getMessage(), e);
    }
  }

  private static List<Tagged> objects(String file, List<String> lines) {
    var all = new ArrayList<Tagged>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        var place = file + ", line " + (i + 1);
        try {
          var json = JSON.readTree(lines.get(i));
          all.add(new Tagged(texts(json, WORDS, place), texts(json, LABELS, place), place));
        } catch (JacksonException e) {
          throw new CorpusException(place + ": not JSON: " + e.getOriginalMessage(), e);
        }
      }
    }
    return all;
  }

  private static List<String> texts(JsonNode json, List<String> names, String place) {
    for (var name : names) {
      if (json.path(name).isArray()) {
        return json.path(name).valueStream().map(node -> node.asString("")).toList();
      }
    }
    throw new CorpusException(place + ": it needs a list under one of " + names);
  }

  private static List<Tagged> columns(String file, List<String> lines) {
    var all = new ArrayList<Tagged>();
    var words = new ArrayList<String>();
    var labels = new ArrayList<String>();
    for (int i = 0; i <= lines.size(); i++) {
      var line = i < lines.size() ? lines.get(i).strip() : "";
      var place = file + ", line " + (i + 1);
      if (line.isEmpty()) {
        if (!words.isEmpty()) {
          all.add(new Tagged(words, labels, file + ", line " + (i + 1 - words.size())));
          words.clear();
          labels.clear();
        }
      } else if (!line.startsWith("-DOCSTART-")) {
        var fields = line.split("\\s+");
        if (fields.length < 2) {
          throw new CorpusException(place + ": it has a word and no label");
        }
        words.add(fields[0]);
        labels.add(fields[fields.length - 1]);
      }
    }
    return all;
  }
}
