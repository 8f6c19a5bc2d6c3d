package inkstone.bench;

import inkstone.bench.Arrival.Came;
import inkstone.bench.Arrival.Missing;
import inkstone.journal.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Compares how fast word vectors are learned, in words of the text a second. Each side is a process
 * of its own; reading the text and writing vectors do not count.
 *
 * @param python the Python of the peers; otherwise that of the path
 * @param program the C program; otherwise {@code word2vec} of the path
 */
public record WordsBench(
    WordsWork work,
    WordsPeer peer,
    Optional<Path> python,
    Optional<Path> program,
    Rounds rounds,
    Environment environment) {

  private static final String SCRIPT = "bench/peers/word2vec.py";

  /**
   * Measures.
   *
   * @param progress gets a line when something has begun or a round has ended
   * @param notice gets a line if the peer cannot take part; then we are measured alone
   * @throws BenchException if a side dies, answers garbage or learns other words
   */
  public BenchResult run(Consumer<String> progress, Consumer<String> notice) {
    progress.accept("starting our worker");
    try (var us = startOurs()) {
      var ready = us.ready();
      var arrival = callPeer(progress);
      switch (arrival) {
        case Came(Contender them, JsonNode theirs) -> {
          try (them) {
            checkSame(ready, theirs);
            return result(
                Duel.fight(PairedRounds.Better.HIGHER, us, Optional.of(them), rounds, progress),
                theirs.path("name").asString(peer.toString()),
                ready);
          }
        }
        case Missing(String why) -> {
          if (!why.isEmpty()) {
            notice.accept(why);
          }
          return result(
              Duel.fight(PairedRounds.Better.HIGHER, us, Optional.empty(), rounds, progress),
              BenchResult.NO_PEER,
              ready);
        }
      }
    }
  }

  private Contender startOurs() {
    try {
      return Contender.start(
          "our worker",
          OwnJvm.command(WordsWorker.class, work.words()),
          variables -> environment.apply(variables, work.threads()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start another JVM", e);
    }
  }

  private Arrival callPeer(Consumer<String> progress) {
    if (peer == WordsPeer.NONE) {
      return new Missing("");
    }
    progress.accept("starting the peer, " + peer);
    var words = new ArrayList<>(List.of("--peer", peer.toString()));
    program.ifPresent(p -> words.addAll(List.of("--program", p.toAbsolutePath().toString())));
    words.addAll(work.words());
    return Python.start("the peer (" + peer + ")", python, SCRIPT, words, work.threads());
  }

  private void checkSame(JsonNode ours, JsonNode theirs) {
    for (var figure : List.of("vocabulary", "words")) {
      long we = ours.path(figure).asLong(-1);
      long they = theirs.path(figure).asLong(-1);
      if (we != they) {
        throw new BenchException(
            "%s: the peer (%s) has %d and we have %d: this is not the same work, and no ratio means anything; words of the corpus must be shorter than 100 bytes, with plain blanks between"
                .formatted(figure, peer, they, we));
      }
    }
  }

  private BenchResult result(Duel duel, String name, JsonNode ready) {
    var details = work.details();
    details.put("rounds", rounds.count());
    details.put("seconds_per_round", rounds.seconds());
    details.put("environment", environment.toString());
    details.put("vocabulary", ready.path("vocabulary").asLong());
    details.put("words", ready.path("words").asLong());
    details.put("ours_resident_bytes", Duel.peak(duel.ours()));
    details.put("theirs_resident_bytes", Duel.peak(duel.theirs()));
    details.put("ours_loss", Duel.lastLoss(duel.ours()));
    details.put("theirs_loss", Duel.lastLoss(duel.theirs()));
    details.put("ours_rounds", duel.figures().ours());
    details.put("theirs_rounds", duel.figures().theirs());
    details.put("machine", Machine.here("Vector API", "cpu"));
    return BenchResult.of(
        "words",
        name,
        "words/s",
        duel.figures(),
        OptionalDouble.empty(),
        duel.memoryRatio(),
        details);
  }
}
