package inkstone.generate.constraint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Accepts what java.util.regex accepts, and lives on exactly where something can still be. */
class RegexOracleTest {

  /** More with {@code -DargLine=-Dtest.rounds=1500}. */
  private static final int ROUNDS = Integer.getInteger("test.rounds", 200);

  private static final String[] LETTERS = {
    "a", "b", "c", "7", "_", " ", "\n", "\t", "é", "墨", "砚", "水", "😀", "𠀀", "߿", "ࠀ", "\uFFFF",
    "-"
  };
  private static final String[] ATOMS = {
    "a",
    "b",
    "c",
    "7",
    "墨",
    "砚",
    "😀",
    "é",
    "\\d",
    "\\D",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    ".",
    "[ab]",
    "[^ab]",
    "[a-c7]",
    "[^\\d]",
    "[\\w-]",
    "[一-龥]",
    "[^一-龥]",
    "[é-墨]",
    "[\\x00-\\x7f]",
    "[墨-\\uffff]",
    "[^\\w\\s]",
    "\\p{IsHan}",
    "\\P{IsHan}",
    "[\\p{L}_]",
    "\\n",
    "\\.",
    "\\\\",
    "\\u58a8"
  };
  private static final String[] REPEATS = {
    "*", "+", "?", "{2}", "{0,2}", "{1,3}", "{2,}", "*?", "{0}"
  };

  private static BitSet everyByte() {
    var all = new BitSet();
    all.set(0, 256);
    return all;
  }

  private static Automaton automaton(String expression) {
    return Automaton.of(
        Grammar.of(RegexReader.read(expression, RegexReader.Ends.WHOLE)), everyByte());
  }

  private static State after(Automaton automaton, byte[] bytes) {
    automaton.begin();
    var state = automaton.start();
    for (byte value : bytes) {
      state = automaton.after(state, value & 0xFF);
    }
    return state;
  }

  private static String expression(SplittableRandom random, int depth) {
    int kind = depth == 0 ? 0 : random.nextInt(5);
    return switch (kind) {
      case 1 -> expression(random, depth - 1) + expression(random, depth - 1);
      case 2 -> "(" + expression(random, depth - 1) + "|" + expression(random, depth - 1) + ")";
      case 3 ->
          "(?:" + expression(random, depth - 1) + ")" + REPEATS[random.nextInt(REPEATS.length)];
      case 4 -> ATOMS[random.nextInt(ATOMS.length)] + REPEATS[random.nextInt(REPEATS.length)];
      default -> ATOMS[random.nextInt(ATOMS.length)];
    };
  }

  private static String text(SplittableRandom random) {
    var text = new StringBuilder();
    for (int n = random.nextInt(7); n > 0; n--) {
      text.append(LETTERS[random.nextInt(LETTERS.length)]);
    }
    return text.toString();
  }

  /** The bytes of one of the shortest texts that complete a state. */
  private static byte[] shortest(Automaton automaton, State from) {
    record Way(State state, List<Byte> bytes) {}
    var open = new ArrayDeque<Way>(List.of(new Way(from, List.of())));
    var seen = new HashMap<State, Boolean>();
    while (!open.isEmpty()) {
      var way = open.poll();
      if (way.state.complete()) {
        var bytes = new byte[way.bytes.size()];
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] = way.bytes.get(i);
        }
        return bytes;
      }
      for (int value = 0; value < 256; value++) {
        automaton.begin();
        var next = automaton.after(way.state, value);
        if (!next.dead() && seen.put(next, true) == null) {
          var longer = new ArrayList<>(way.bytes);
          longer.add((byte) value);
          open.add(new Way(next, longer));
        }
      }
    }
    throw new AssertionError("a living state without an end");
  }

  private static byte[] join(byte[] one, byte[] two) {
    var both = java.util.Arrays.copyOf(one, one.length + two.length);
    System.arraycopy(two, 0, both, one.length, two.length);
    return both;
  }

  @Test
  void acceptsWhatJavaAccepts() throws Exception {
    int accepted = 0;
    int refused = 0;
    for (int seed = 0; seed < ROUNDS; seed++) {
      var random = new SplittableRandom(seed);
      var expression = expression(random, 4);
      var pattern = Pattern.compile(expression);
      var automaton = automaton(expression);
      var ends = new HashMap<State, byte[]>();
      for (int i = 0; i < 20; i++) {
        var text = text(random);
        var where = "seed %d: %s on '%s'".formatted(seed, expression, text);
        var matcher = pattern.matcher(text);
        boolean matches = matcher.matches();
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var state = after(automaton, bytes);
        assertEquals(matches, state.complete(), where);
        accepted += matches ? 1 : 0;
        refused += matches ? 0 : 1;
        if (matches) {
          // Every beginning of an accepted text lives, also in the middle of a character.
          for (int n = 0; n <= bytes.length; n++) {
            assertTrue(!after(automaton, java.util.Arrays.copyOf(bytes, n)).dead(), where);
          }
        }
        // What lives can be completed, to well-formed UTF-8 that Java accepts.
        for (int n = 0; n <= bytes.length; n++) {
          var beginning = java.util.Arrays.copyOf(bytes, n);
          var at = after(automaton, beginning);
          if (!at.dead()) {
            var whole = join(beginning, ends.computeIfAbsent(at, s -> shortest(automaton, s)));
            var read =
                StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(java.nio.ByteBuffer.wrap(whole))
                    .toString();
            assertTrue(pattern.matcher(read).matches(), where + " completed as '" + read + "'");
          }
        }
      }
    }
    assertTrue(accepted > ROUNDS && refused > ROUNDS, accepted + " and " + refused);
  }

  @Test
  void everyCharacterIsTakenByItsClassAlone() {
    var automaton = automaton("[a-zé\\u0800-\\u0fff一-龥\\uFFFF😀-😏]");
    var pattern = Pattern.compile("[a-zé\\u0800-\\u0fff一-龥\\uFFFF😀-😏]");
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
        var text = Character.toString(c);
        var state = after(automaton, text.getBytes(StandardCharsets.UTF_8));
        assertEquals(pattern.matcher(text).matches(), state.complete(), "U+%04X".formatted(c));
      }
    }
  }

  @Test
  void brokenUtf8IsNeverAlive() {
    var automaton = automaton("[\\x00-\\x{0}]*|.*".replace("\\x{0}", "x7f"));
    for (byte[] broken :
        List.of(
            new byte[] {(byte) 0x80},
            new byte[] {(byte) 0xC0},
            new byte[] {(byte) 0xC1, (byte) 0x80},
            new byte[] {(byte) 0xE0, (byte) 0x80},
            new byte[] {(byte) 0xED, (byte) 0xA0},
            new byte[] {(byte) 0xF0, (byte) 0x80},
            new byte[] {(byte) 0xF4, (byte) 0x90},
            new byte[] {(byte) 0xF5},
            new byte[] {(byte) 0xE5, 'a'})) {
      assertTrue(after(automaton, broken).dead(), java.util.Arrays.toString(broken));
    }
  }

  @Test
  void anchorsStandAtTheEndsAlone() {
    assertTrue(after(automaton("^ab|c$"), "ab".getBytes(StandardCharsets.UTF_8)).complete());
    assertTrue(after(automaton("^ab|c$"), "c".getBytes(StandardCharsets.UTF_8)).complete());
    for (var wrong : List.of("a^b", "a$b", "(^a)", "(a$)", "^^a", "$a")) {
      assertThrows(ConstraintException.class, () -> automaton(wrong), wrong);
    }
  }

  @Test
  void aPatternLooksWithinTheText() {
    for (var expression : List.of("^ab", "ab$", "ab", "^ab$", "^a|b$", "a|^b", "")) {
      var automaton =
          Automaton.of(
              Grammar.of(RegexReader.read(expression, RegexReader.Ends.WITHIN)), everyByte());
      for (var text : List.of("", "ab", "xab", "abx", "xabx", "a", "b", "xa", "bx", "ba\n")) {
        assertEquals(
            Pattern.compile(expression, Pattern.UNIX_LINES).matcher(text).find(),
            after(automaton, text.getBytes(StandardCharsets.UTF_8)).complete(),
            expression + " in " + text);
      }
    }
  }

  @Test
  void whatIsNotKnownIsRefusedWithItsPlace() {
    record Case(String expression, String told) {}
    for (var c :
        List.of(
            new Case(
                "ab(?=c)",
                "'(?=': groups with (? are not supported but for (?:...), at character 3"),
            new Case("(?<!a)b", "'(?<'"),
            new Case("(?i)a", "'(?i'"),
            new Case("(a)\\1", "'\\1', which is not supported"),
            new Case("墨\\bx", "at character 2 of"),
            new Case("a++", "possessive"),
            new Case("a**", "a repetition of a repetition"),
            new Case("a{2}{3}", "a repetition of a repetition"),
            new Case("*a", "a repetition of nothing"),
            new Case("a{3,2}", "not {m}, {m,} or {m,n}"),
            new Case("a{", "not {m}, {m,} or {m,n}"),
            new Case("a{1,2", "not {m}, {m,} or {m,n}"),
            new Case("a{999999999}", "more than 100,000 times"),
            new Case("(a", "a '(' without its ')', at character 1"),
            new Case("a)", "a ')' without its '('"),
            new Case("[a", "a '[' without its ']'"),
            new Case("[]", "an empty class"),
            new Case("[z-a]", "a range"),
            new Case("[a-\\d]", "a range"),
            new Case("[a&&b]", "intersection"),
            new Case("[[a]]", "a '[' inside a class"),
            new Case("\\", "a '\\' at its end"),
            new Case("\\p{Ink}", "java.util.regex.Pattern does not know"),
            new Case("\\x4", "2 hexadecimal digits"),
            new Case("\\ud800", "a surrogate"),
            new Case("\ud800", "a lone surrogate"),
            new Case("(".repeat(300), "nested more than 200 deep"))) {
      var e =
          assertThrows(
              ConstraintException.class, () -> Constraint.regex(c.expression), c.expression);
      assertTrue(String.valueOf(e.getMessage()).contains(c.told), e.getMessage());
    }
  }

  @Test
  void whatIsTooLargeIsRefused() {
    for (var large :
        List.of(
            "a{100000}{1}".replace("{1}", "b{100000}c{100000}"),
            "((((){99999}){99999}){99999}){99999}",
            "((a{1000}){1000}){1000}",
            "(((a?){1000}){1000}){1000}")) {
      assertTrue(
          String.valueOf(
                  assertThrows(ConstraintException.class, () -> automaton(large)).getMessage())
              .contains("more than 200,000 states"));
    }
    var nothing = assertThrows(ConstraintException.class, () -> automaton("a[^\\d\\D]"));
    assertTrue(String.valueOf(nothing.getMessage()).contains("accepts no text at all"));
  }

  @Test
  void anExponentialExpressionIsFollowedStateByState() {
    // Its whole deterministic automaton has a million states; a text meets as many as it has bytes.
    var automaton = automaton("(a|b)*a(a|b){19}");
    var random = new SplittableRandom(5);
    var text = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      text.append(random.nextBoolean() ? 'a' : 'b');
    }
    boolean expected = text.charAt(text.length() - 20) == 'a';
    assertEquals(
        expected, after(automaton, text.toString().getBytes(StandardCharsets.UTF_8)).complete());
  }
}
