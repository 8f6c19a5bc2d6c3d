package inkstone.generate.constraint;

import static org.junit.jupiter.api.Assertions.assertTrue;

import inkstone.text.Tokenizer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is given as a constraint is either followed or refused with a message. */
@Timeout(300)
class ReaderFuzzTest {

  private static final TokenBytes TOKENS =
      TokenBytes.of(Tokenizer.ofBytes(List.of("<|end|>")), List.of(256));
  private static final String[] REGEX_PARTS = {
    "(",
    ")",
    "(?:",
    "(?=",
    "(?<!",
    "[",
    "]",
    "[^",
    "-",
    "|",
    "*",
    "+",
    "?",
    "{",
    "}",
    "{3}",
    "{0,}",
    "{2,1}",
    "{99999}",
    "{1,100000}",
    "{1000000000000}",
    ",",
    "\\",
    "\\d",
    "\\W",
    "\\b",
    "\\1",
    "\\x",
    "\\x4",
    "\\u58a8",
    "\\ud800",
    "\\p{L}",
    "\\p{",
    "\\p{No such}",
    "\\Q",
    "&&",
    "^",
    "$",
    ".",
    "a",
    "z",
    "0",
    "墨",
    "😀",
    "\ud83d",
    "\u0000",
    "\n",
    " ",
    "\"",
    "(?i)",
    "[a-",
    "(((((("
  };
  private static final String[] SCHEMA_PARTS = {
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"type\":",
    "\"object\"",
    "\"string\"",
    "\"properties\":",
    "\"$ref\":",
    "\"#\"",
    "\"#/$defs/node\"",
    "\"#/$defs\"",
    "\"allOf\":",
    "\"anyOf\":",
    "\"required\":",
    "\"items\":",
    "\"prefixItems\":",
    "\"minLength\":",
    "\"maxLength\":",
    "\"minItems\":",
    "\"minimum\":",
    "\"maximum\":",
    "\"pattern\":",
    "\"format\":",
    "\"enum\":",
    "\"const\":",
    "\"additionalProperties\":",
    "\"not\":",
    "true",
    "false",
    "null",
    "0",
    "-1",
    "1e999999999",
    "100000",
    "99999999999999999999",
    "0.5",
    "\"date\"",
    "\"(\"",
    "\"\\ud800\"",
    "\"墨\"",
    "\"a/~b\"",
    "{}",
    "[]",
    "{\"$ref\":\"#\"}"
  };

  /** More with {@code -DargLine=-Dtest.rounds=6000}. */
  private static final int ROUNDS = Integer.getInteger("test.rounds", 500);

  private int followed;
  private int refused;

  private void follow(Constraint constraint, SplittableRandom random) {
    var guide = constraint.over(TOKENS, true);
    for (int i = 0; i < 12 && !guide.finished(); i++) {
      var mask = guide.allowed();
      assertTrue(mask.count() > 0);
      int id;
      do {
        id = random.nextInt(257);
      } while (!mask.allows(id));
      guide = guide.accept(id);
    }
  }

  private void each(String text, boolean schema, SplittableRandom random, String where) {
    try {
      follow(schema ? Constraint.json(text) : Constraint.regex(text), random);
      followed++;
    } catch (ConstraintException e) {
      refused++;
      assertTrue(e.getMessage() != null && !e.getMessage().isBlank(), where);
    } catch (RuntimeException | Error e) {
      throw new AssertionError(where + ": " + text, e);
    }
  }

  @Test
  void expressionsOfHostileParts() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      var random = new SplittableRandom(seed);
      var text = new StringBuilder();
      for (int n = random.nextInt(1, 9); n > 0; n--) {
        text.append(REGEX_PARTS[random.nextInt(REGEX_PARTS.length)]);
      }
      each(text.toString(), false, random, "seed " + seed);
    }
    assertTrue(
        followed > ROUNDS / 20 && refused > ROUNDS / 3,
        followed + " followed, " + refused + " refused");
  }

  @Test
  void schemasThatWereBroken() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      var random = new SplittableRandom(seed);
      var text = new StringBuilder(Schemas.random(seed % 300));
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        int at = random.nextInt(text.length());
        var part = SCHEMA_PARTS[random.nextInt(SCHEMA_PARTS.length)];
        switch (random.nextInt(4)) {
          case 0 -> text.insert(at, part);
          case 1 -> text.deleteCharAt(at);
          case 2 -> swap(text, SCHEMA_PARTS[random.nextInt(SCHEMA_PARTS.length)], part);
          default -> {
            int colon = text.indexOf(":", at);
            if (colon > 0 && colon + 2 < text.length()) {
              text.replace(colon + 1, colon + 2, part);
            }
          }
        }
      }
      each(text.toString(), true, random, "seed " + seed);
    }
    assertTrue(
        followed > ROUNDS / 20 && refused > ROUNDS / 4,
        followed + " followed, " + refused + " refused");
  }

  /** A keyword or value in the place of another, which often leaves good JSON. */
  private static void swap(StringBuilder text, String old, String other) {
    int at = text.indexOf(old);
    if (at >= 0 && old.endsWith(":") == other.endsWith(":")) {
      text.replace(at, at + old.length(), other);
    }
  }

  @Test
  void monsters() {
    var random = new SplittableRandom(1);
    for (var text :
        List.of(
            "(".repeat(100_000),
            "a".repeat(150_000),
            "(a|".repeat(150) + "b" + ")".repeat(150),
            "(a*)*".repeat(1_000),
            "(a?){2000}a{2000}",
            "(.*a){200}",
            "[^a]{0,60000}",
            "(a|b|ab)*c{1000}",
            "\\p{L}".repeat(2_000))) {
      each(text, false, random, text.substring(0, 9));
    }
    for (var text :
        List.of(
            "[".repeat(100_000),
            "{\"items\":".repeat(400) + "{}" + "}".repeat(400),
            "{\"items\":".repeat(5_000) + "{}" + "}".repeat(5_000),
            "{\"anyOf\":["
                + "{\"$ref\":\"#/$defs/a\"},".repeat(5_000)
                + "{}],\"$defs\":{\"a\":{}}}",
            "{\"allOf\":[" + "{\"minLength\":1},".repeat(20_000) + "{}]}",
            "{\"prefixItems\":[" + "{\"type\":\"null\"},".repeat(20_000) + "{}]}",
            "{\"enum\":[" + "\"abc\",".repeat(30_000) + "1]}",
            chain(3_000),
            "{\"minimum\":" + "9".repeat(900) + "}",
            "{\"maximum\":1e-999999999}",
            "{\"maxLength\":100000}",
            "{\"$ref\":\"#/" + "x/".repeat(10_000) + "\"}")) {
      each(text, true, random, text.substring(0, 9));
    }
    assertTrue(followed >= 5, followed + " followed, " + refused + " refused");
  }

  /** Definitions each of which refers to the next. */
  private static String chain(int length) {
    var text = new StringBuilder("{\"$ref\":\"#/$defs/d0\",\"$defs\":{");
    for (int i = 0; i < length; i++) {
      text.append("\"d%d\":{\"items\":{\"$ref\":\"#/$defs/d%d\"}},".formatted(i, i + 1));
    }
    return text.append("\"d%d\":{}}}".formatted(length)).toString();
  }
}
