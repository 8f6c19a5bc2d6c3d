package inkstone.bench;

import inkstone.bench.Arrival.Came;
import inkstone.bench.Arrival.Missing;
import inkstone.journal.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Compares whole optimizer steps of an encoder and a decoder: forward with dropout, smoothed
 * cross-entropy, backward, clipping to a norm of 1, AdamW. Each side is a process of its own;
 * tokens are those of the targets.
 *
 * @param python the Python of the peer; otherwise that of the path
 */
public record TranslationBench(
    TranslationSize size,
    int threads,
    long seed,
    Peer peer,
    Optional<Path> python,
    Rounds rounds,
    Environment environment) {

  private static final String SCRIPT = "bench/peers/transformer.py";

  /**
   * Measures.
   *
   * @param progress gets a line when something has begun or a round has ended
   * @param notice gets a line if the peer cannot take part; then we are measured alone
   * @throws BenchException if a side dies, answers garbage or trains another network
   */
  public BenchResult run(Consumer<String> progress, Consumer<String> notice) {
    progress.accept("starting our worker");
    try (var us = startOurs()) {
      var ready = us.ready();
      var arrival = callPeer(progress);
      var duel =
          switch (arrival) {
            case Came(Contender them, JsonNode theirs) -> {
              try (them) {
                checkSame(ready, theirs);
                yield fight(us, Optional.of(them), progress);
              }
            }
            case Missing(String why) -> {
              if (!why.isEmpty()) {
                notice.accept(why);
              }
              yield fight(us, Optional.empty(), progress);
            }
          };
      var name =
          arrival instanceof Came(Contender them, JsonNode said)
              ? said.path("name").asString(peer.toString())
              : BenchResult.NO_PEER;
      return BenchResult.of(
          "translation",
          name,
          "tokens/s",
          duel.figures(),
          OptionalDouble.empty(),
          duel.memoryRatio(),
          details(duel, ready));
    }
  }

  private Duel fight(Contender us, Optional<Side> them, Consumer<String> progress) {
    return Duel.fight(PairedRounds.Better.HIGHER, us, them, rounds, progress);
  }

  private Contender startOurs() {
    try {
      return Contender.start(
          "our worker",
          OwnJvm.command(TranslationWorker.class, size.words(threads, seed)),
          variables -> environment.apply(variables, threads));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start another JVM", e);
    }
  }

  private Arrival callPeer(Consumer<String> progress) {
    if (peer == Peer.NONE) {
      return new Missing("");
    }
    progress.accept("starting the peer, " + peer);
    var words = new ArrayList<>(size.words(threads, seed));
    if (peer == Peer.PYTORCH_COMPILE) {
      words.add("--compile");
    }
    return Python.start("the peer (" + peer + ")", python, SCRIPT, words, threads);
  }

  private void checkSame(JsonNode ours, JsonNode theirs) {
    long we = ours.path("parameters").asLong(-1);
    long they = theirs.path("parameters").asLong(-1);
    if (we != they) {
      throw new BenchException(
          "the peer (%s) trains %d weights, we train %d: these are two networks, and no ratio of them means anything"
              .formatted(peer, they, we));
    }
  }

  private SequencedMap<String, Object> details(Duel duel, JsonNode ready) {
    var details = new LinkedHashMap<String, Object>();
    details.put("size", size.toString());
    details.put("dtype", "fp32");
    details.put("threads", threads);
    details.put("seed", seed);
    details.put("rounds", rounds.count());
    details.put("seconds_per_round", rounds.seconds());
    details.put("environment", environment.toString());
    details.put("parameters", size.config().parameters());
    details.put("most_tokens_per_step", size.tokens());
    details.put("ours_resident_bytes", Duel.peak(duel.ours()));
    details.put("theirs_resident_bytes", Duel.peak(duel.theirs()));
    details.put("ours_loss", Duel.lastLoss(duel.ours()));
    details.put("theirs_loss", Duel.lastLoss(duel.theirs()));
    details.put("ours_rounds", duel.figures().ours());
    details.put("theirs_rounds", duel.figures().theirs());
    details.put("machine", Machine.here(ready.path("engine").asString(""), "cpu"));
    return details;
  }
}
