package inkstone.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class WordsTest {

  @Test
  void countsHaveThreeDigitsAndAUnit() {
    assertEquals("0", Words.count(0));
    assertEquals("950", Words.count(950));
    assertEquals("999", Words.count(999.4));
    assertEquals("1.00k", Words.count(999.5));
    assertEquals("9.99k", Words.count(9_990));
    assertEquals("10.0k", Words.count(9_996));
    assertEquals("12.6k", Words.count(12_600));
    assertEquals("99.9k", Words.count(99_940));
    assertEquals("100k", Words.count(99_960));
    assertEquals("1.02M", Words.count(1_020_000));
    assertEquals("3.00G", Words.count(3e9));
    assertEquals("1.50T", Words.count(1.5e12));
    assertEquals("1500T", Words.count(1.5e15));
    assertEquals("-12.6k", Words.count(-12_600));
    assertEquals("NaN", Words.count(Double.NaN));
  }

  @Test
  void bytesAreDecimal() {
    assertEquals("512 B", Words.bytes(512));
    assertEquals("12.6 kB", Words.bytes(12_600));
    assertEquals("8.59 GB", Words.bytes(8L << 30));
    assertEquals("Infinity B", Words.bytes(Double.POSITIVE_INFINITY));
  }

  @Test
  void clocksPercentsAndDigits() {
    assertEquals("0:00", Words.clock(-3));
    assertEquals("0:59", Words.clock(59.4));
    assertEquals("1:00", Words.clock(59.5));
    assertEquals("59:59", Words.clock(3599));
    assertEquals("1:00:00", Words.clock(3600));
    assertEquals("10:06:05", Words.clock(36365));
    assertEquals("9.9%", Words.percent(0.0994));
    assertEquals("10%", Words.percent(0.0995));
    assertEquals("100%", Words.percent(1));
    assertEquals("1,234,567", Words.exact(1_234_567));
    assertEquals("2.50", Words.fixed(2.5, 2));
  }

  @Test
  void controlCharactersCannotSteerATerminal() {
    assertEquals("a\n\uFFFD[31m b\uFFFD论\uFFFD", Words.harmless("a\n\u001b[31m\tb\r论\u009b"));
  }
}
