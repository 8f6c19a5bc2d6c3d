package inkstone.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class WordNetTest {

  @Test
  void aSynsetBecomesALine() {
    assertEquals(
        "sigh, breathe out (verb): heave or utter a sigh; \"She sighed sadly\"\n",
        WordNet.text(
            "00004032 29 v 02 sigh 0 breathe_out 4 002 @ 00001740 v 0000 + 07144310 n 0202 02 + 02 00 | heave or utter a sigh; \"She sighed sadly\"  ",
            "verb"));
    assertEquals(
        "galore (adjective): in great numbers\n",
        WordNet.text(
            "00014300 00 s 01 galore(ip) 0 001 & 00013887 a 0000 | in great numbers  ",
            "adjective"));
    // The number of words is hexadecimal.
    assertTrue(
        WordNet.text("0 00 n 0a a 0 b 0 c 0 d 0 e 0 f 0 g 0 h 0 i 0 j(p) 0 000 | x", "noun")
            .startsWith("a, b, c, d, e, f, g, h, i, j (noun)"));
  }

  @Test
  void allSynsetsAreThere() {
    var survey = Survey.of(Corpus.wordNet());
    // The counts of the four data files: 82192 + 13789 + 18185 + 3625.
    assertEquals(117_791, survey.documents());
    assertEquals(0, survey.skipped());
    assertEquals(WordNet.BYTES, survey.bytes());
    var documents = Read.all(Corpus.wordNet());
    assertTrue(
        documents.stream()
            .map(Document::text)
            .anyMatch("dwarf (noun): a plant or animal that is atypically small\n"::equals));
    assertTrue(documents.stream().allMatch(d -> d.text().indexOf('\n') == d.text().length() - 1));
    assertTrue(documents.stream().noneMatch(d -> d.text().contains("(ip)")));
    assertEquals("WordNet:00001740", documents.getFirst().name());
    for (var label : new String[] {"noun", "verb", "adjective", "adverb"}) {
      assertTrue(documents.stream().anyMatch(d -> d.text().contains(" (" + label + "): ")));
    }
  }

  @Test
  void aSampleOfItIsDrawnBySeed() {
    var sample = Corpus.wordNet().sample(3, 1_000_000);
    var bytes = Survey.of(sample).bytes();
    assertTrue(bytes > 900_000 && bytes < 1_100_000, "" + bytes);
    assertEquals(Read.texts(sample), Read.texts(Corpus.wordNet().sample(3, 1_000_000)));
  }
}
