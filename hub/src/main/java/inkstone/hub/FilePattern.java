package inkstone.hub;

import java.util.regex.Pattern;

/**
 * A pattern for files: {@code *} stands for any characters, {@code ?} for one. Without a slash it
 * is matched with the last part of a path as well. Upper and lower case are the same.
 */
final class FilePattern {

  private final Pattern expression;

  private FilePattern(Pattern expression) {
    this.expression = expression;
  }

  static FilePattern of(String pattern) {
    var text = new StringBuilder();
    for (var c : pattern.toCharArray()) {
      switch (c) {
        // Runs of stars are one star: several would make matching slow.
        case '*' -> text.append(text.toString().endsWith(".*") ? "" : ".*");
        case '?' -> text.append('.');
        default -> text.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return new FilePattern(
        Pattern.compile(
            (pattern.contains("/") ? "" : "(.*/)?") + text,
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE));
  }

  boolean matches(String path) {
    return expression.matcher(path).matches();
  }
}
