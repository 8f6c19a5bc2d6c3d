package inkstone.text.jinja;

import inkstone.text.TemplateException;
import inkstone.text.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens as Jinja 3.1 does with {@code trim_blocks} and {@code lstrip_blocks}:
 * a line break after a block goes, and so does the white space before a block that begins its line.
 */
final class Lexer {

  private static final Pattern LINE_BREAK = Pattern.compile("\r\n|\r|\n");
  private static final Pattern RAW = Pattern.compile("\\{%([-+]?)\\s*raw\\s*(-%}\\s*|%})");
  private static final Pattern END_RAW =
      Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%}|-%}\\s*|%}\n?)");
  private static final Pattern FLOAT =
      Pattern.compile(
          "(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+|\\.(?:\\d+_)*\\d+)");
  private static final Pattern INTEGER = Pattern.compile("[1-9](?:_?\\d)*+|0(?:_?0)*+");
  private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*+");
  private static final List<String> OPERATORS =
      List.of(
          "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{",
          "}", ">", "<", "=", ".", ":", "|", ",", ";");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;

  /** Whether the text before {@link #at} ends a line, or there is none. */
  private boolean lineStarts = true;

  private Lexer(String template) {
    var lines = LINE_BREAK.matcher(template).replaceAll("\n");
    source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
  }

  static List<Token> tokens(String template) {
    var lexer = new Lexer(template);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (at < source.length()) {
      int tag = nextTag();
      if (tag < 0) {
        data(source.substring(at));
        advance(source.length());
        break;
      }
      char kind = source.charAt(tag + 1);
      Matcher raw = RAW.matcher(source).region(tag, source.length());
      if (kind == '%' && raw.lookingAt()) {
        before(tag, raw.group(1), true);
        raw(raw.end());
      } else {
        String sign =
            tag + 2 < source.length() && "+-".indexOf(source.charAt(tag + 2)) >= 0
                ? source.substring(tag + 2, tag + 3)
                : "";
        before(tag, sign, kind != '{');
        advance(tag + 2 + sign.length());
        switch (kind) {
          case '#' -> comment();
          case '%' -> tag(Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
          default -> tag(Kind.PRINT_BEGIN, Kind.PRINT_END, "}}");
        }
      }
    }
    add(Kind.END, "");
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  /** The text before a tag, without the white space that the tag takes. */
  private void before(int tag, String sign, boolean strips) {
    String text = source.substring(at, tag);
    if (sign.equals("-")) {
      text = Spaces.stripRight(text);
    } else if (!sign.equals("+") && strips) {
      int start = text.lastIndexOf('\n') + 1;
      if ((start > 0 || lineStarts) && start < text.length() && Spaces.only(text, start)) {
        text = text.substring(0, start);
      }
    }
    data(text);
    advance(tag);
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      add(Kind.DATA, text);
    }
  }

  private void raw(int begin) {
    advance(begin);
    Matcher end = END_RAW.matcher(source).region(at, source.length());
    if (!end.find()) {
      throw error("'{% raw %}' is never closed; add '{% endraw %}'");
    }
    before(end.start(), end.group(1), true);
    advance(end.end());
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw error("a comment is never closed; add '#}'");
    }
    char sign = end > at ? source.charAt(end - 1) : ' ';
    afterTag(end + 2, sign, true);
  }

  /** Ends a tag: {@code -} takes all white space after it, a block else takes a line break. */
  private void afterTag(int end, char sign, boolean block) {
    int next = end;
    if (sign == '-') {
      next = Spaces.skip(source, end);
    } else if (block && sign != '+' && end < source.length() && source.charAt(end) == '\n') {
      next = end + 1;
    }
    advance(next);
  }

  private void tag(Kind begin, Kind end, String closing) {
    add(begin, "");
    int opened = line;
    var brackets = new StringBuilder();
    while (at < source.length()) {
      if (brackets.isEmpty()) {
        char sign = source.charAt(at);
        boolean block = end == Kind.BLOCK_END;
        boolean signed = sign == '-' || (block && sign == '+');
        if (source.startsWith(closing, at + (signed ? 1 : 0))) {
          add(end, "");
          afterTag(at + (signed ? 3 : 2), signed ? sign : ' ', block);
          return;
        }
      }
      word(brackets);
    }
    throw new TemplateException(
        "line %d of the chat template: a tag is never closed; add '%s'".formatted(opened, closing));
  }

  private void word(StringBuilder brackets) {
    char c = source.charAt(at);
    if (Spaces.is(c)) {
      advance(Spaces.skip(source, at));
    } else if (c == '\'' || c == '"') {
      string(c);
    } else if (!(matches(FLOAT, Kind.FLOAT) || matches(INTEGER, Kind.INTEGER))
        && !matches(NAME, Kind.NAME)) {
      operator(brackets);
    }
  }

  private boolean matches(Pattern pattern, Kind kind) {
    if (kind == Kind.FLOAT && at > 0 && source.charAt(at - 1) == '.') {
      return false;
    }
    Matcher matcher = pattern.matcher(source).region(at, source.length());
    if (!matcher.lookingAt()) {
      return false;
    }
    add(kind, matcher.group());
    advance(matcher.end());
    return true;
  }

  private void string(char quote) {
    int end = at + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw error("a string is never closed; add " + quote);
    }
    add(Kind.STRING, Escapes.read(source.substring(at + 1, end), this::error));
    advance(end + 1);
  }

  private void operator(StringBuilder brackets) {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        char c = operator.charAt(0);
        if ("([{".indexOf(c) >= 0) {
          brackets.append(c);
        } else if (")]}".indexOf(c) >= 0) {
          close(brackets, c);
        }
        add(Kind.OPERATOR, operator);
        advance(at + operator.length());
        return;
      }
    }
    throw error("'%s' is not expected".formatted(Character.toString(source.codePointAt(at))));
  }

  private void close(StringBuilder brackets, char c) {
    int last = brackets.length() - 1;
    if (last < 0 || "([{".indexOf(brackets.charAt(last)) != ")]}".indexOf(c)) {
      throw error("'%s' closes nothing".formatted(c));
    }
    brackets.setLength(last);
  }

  private void add(Kind kind, String text) {
    tokens.add(new Token(kind, text, line));
  }

  private void advance(int to) {
    for (int i = at; i < to; i++) {
      if (source.charAt(i) == '\n') {
        line++;
      }
    }
    if (to > at) {
      lineStarts = source.charAt(to - 1) == '\n';
    }
    at = to;
  }

  private TemplateException error(String problem) {
    return new TemplateException("line %d of the chat template: %s".formatted(line, problem));
  }
}
