package inkstone.text;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a template holds, it renders or is refused with a message; it never runs away. */
class ChatTemplateFuzzTest {

  private static final int MUTANTS = 20_000;

  private static final Conversation CHAT =
      Conversation.of(
          List.of(Message.system("a b"), Message.user(" x<|end|>\n"), Message.assistant("y 墨😀")));

  private static final List<String> WORDS =
      List.of(
          "{%",
          "%}",
          "{{",
          "}}",
          "{#",
          "#}",
          "-",
          "+",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          "|",
          ".",
          ":",
          ",",
          "'",
          "\"",
          "\\",
          "~",
          "*",
          "**",
          "//",
          "%",
          "==",
          "in",
          "is",
          "not",
          "if",
          "else",
          "endif",
          "for",
          "endfor",
          "set",
          "endset",
          "macro",
          "loop",
          "messages",
          "namespace",
          "99999999999999999999",
          "1e308",
          "-1",
          "0",
          "none",
          "range",
          "tojson",
          "map",
          "first",
          "sort",
          "split()",
          "[::-1]",
          "[::0]",
          "recursive",
          "caller",
          "x",
          "\uD83D",
          "é",
          "\n");

  private static String read(String name) throws IOException {
    try (var in = ChatTemplateFuzzTest.class.getResourceAsStream("/templates/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void mutatedTemplates() throws Exception {
    long seed = RandomText.seed();
    var random = new SplittableRandom(seed);
    var sources = new ArrayList<String>();
    for (String name : List.of("chat", "generation", "tools", "words")) {
      sources.add(read(name + ".jinja"));
      sources.addAll(read(name + ".jinja").lines().toList());
    }
    int rendered = 0;
    long slowest = 0;
    for (int i = 0; i < MUTANTS; i++) {
      var text = new StringBuilder(sources.get(random.nextInt(sources.size())));
      for (int n = random.nextInt(4); n >= 0; n--) {
        int at = random.nextInt(text.length() + 1);
        int to = Math.min(text.length(), at + random.nextInt(12));
        switch (random.nextInt(3)) {
          case 0 -> text.delete(at, to);
          case 1 -> text.insert(at, WORDS.get(random.nextInt(WORDS.size())));
          default -> text.replace(at, to, WORDS.get(random.nextInt(WORDS.size())));
        }
      }
      long begin = System.nanoTime();
      try {
        ChatTemplate.of(text.toString(), ChatTemplateReferenceTest.TOKENS)
            .render(CHAT, ChatOptions.DEFAULT);
        rendered++;
      } catch (TemplateException e) {
        assertTrue(String.valueOf(e.getMessage()).length() > 10);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", template " + i + ":\n" + text, e);
      }
      slowest = Math.max(slowest, System.nanoTime() - begin);
    }
    System.out.printf(
        "%d mutated templates, seed %d: %d rendered, %d refused, slowest %d ms%n",
        MUTANTS, seed, rendered, MUTANTS - rendered, slowest / 1_000_000);
    assertTrue(rendered > MUTANTS / 20, "too few were whole to prove anything: " + rendered);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{% for i in range(9) %}{{ f() }}{% endfor %}",
        "{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(x='ab') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
        "{% set ns = namespace(x=[]) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x == [ns.x] }}{{ ns.x }}",
        "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
        "{{ 'x' * 9999999999 }}",
        "{{ 'x' * 33000000 * 99 }}",
        "{{ [0] * 99999999 }}",
        "{{ 9 ** 9 ** 9 ** 9 ** 9 }}",
        "{% set ns = namespace(x=7) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
        "{{ 'a' | center(999999999) }}",
        "{{ 'a' | indent(999999999, true) }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ [[[1]]] | tojson(indent=99999999) }}",
        "{{ range(99999999999) }}",
        "{{ ('x' * 30000).replace('', 'y' * 30000) }}",
        "{{ ('a' * 4000).split('a') | join('b' * 40000) }}",
        "{{ [1] | batch(999999999, 0) | list }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{{ messages.append(1) }}",
        "{{ messages.__class__.__mro__ }}",
        "{{ ''.getClass().forName('java.lang.Runtime') }}",
        "{% include 'x' %}",
        "{% set ns = namespace(__class__=1) %}",
        "{{ '%999999999d' % 1 }}",
        "{{ '{:>999999999}'.format(1) }}",
        "{% raw %}",
        "{{ ",
        "{% if true %}",
        "{# ",
        "{{ 'x }}"
      })
  void hostileTemplates(String source) {
    long begin = System.nanoTime();
    assertThrows(
        TemplateException.class, () -> ChatTemplate.of(source).render(CHAT, ChatOptions.DEFAULT));
    assertTrue(System.nanoTime() - begin < 30_000_000_000L, "took too long");
  }

  @Test
  void deepTemplatesAreRefusedOnASmallStack() throws Exception {
    var failure = new ArrayList<Throwable>();
    var sources =
        List.of(
            "{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}",
            "{{ " + "[".repeat(5000),
            "{{ " + "not ".repeat(5000) + "1 }}",
            "{{ " + "-".repeat(5000) + "1 }}",
            "{{ 1" + " + 1".repeat(5000) + " }}",
            "{{ 1" + " if 1 else 1".repeat(5000) + " }}",
            "{{ x" + ".a".repeat(5000) + " }}",
            "{{ 1" + " | string".repeat(5000) + " }}",
            "{% if 1 %}".repeat(5000),
            "{% for i in [1] %}".repeat(140) + "x" + "{% endfor %}".repeat(140),
            "{% macro f() %}{% for i in [1] %}{% if 1 %}{{ [f()] | map('string') | join }}{% endif"
                + " %}{% endfor %}{% endmacro %}{{ f() }}");
    var thread =
        new Thread(
            null,
            () -> {
              for (String source : sources) {
                try {
                  ChatTemplate.of(source).render(CHAT, ChatOptions.DEFAULT);
                } catch (TemplateException e) {
                  // refused, as it should be
                } catch (Throwable e) {
                  failure.add(new AssertionError(source.substring(0, 30), e));
                }
              }
            },
            "small",
            512 * 1024);
    thread.start();
    thread.join();
    assertTrue(failure.isEmpty(), failure::toString);
  }
}
