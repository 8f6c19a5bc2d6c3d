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
 * Compares whole optimizer steps: forward, backward, clipping to a norm of 1, AdamW. Each side is a
 * process of its own.
 *
 * @param python the Python of the peer; otherwise that of the path
 */
public record TrainBench(
    TrainWork work, Peer peer, Optional<Path> python, Rounds rounds, Environment environment) {

  private static final String SCRIPT = "bench/peers/gpt.py";

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
      var ourReady = us.ready();
      var arrival = callPeer(progress);
      Duel duel;
      switch (arrival) {
        case Came(Contender them, JsonNode theirReady) -> {
          try (them) {
            checkSame(ourReady, theirReady);
            duel = Duel.fight(PairedRounds.Better.HIGHER, us, Optional.of(them), rounds, progress);
          }
        }
        case Missing(String why) -> {
          if (!why.isEmpty()) {
            notice.accept(why);
          }
          duel = Duel.fight(PairedRounds.Better.HIGHER, us, Optional.empty(), rounds, progress);
        }
      }
      progress.accept("measuring the roof");
      // After the rounds, when the peer has ended: the products' memory must not count as
      // training's.
      double roof =
          us.ask("roof " + Math.min(1, rounds.seconds())).path("flops_per_second").asDouble();
      return result(duel, arrival, ourReady, roof);
    }
  }

  private Contender startOurs() {
    try {
      return Contender.start(
          "our worker",
          OwnJvm.command(TrainWorker.class, work.words()),
          variables -> environment.apply(variables, work.threads()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start another JVM", e);
    }
  }

  private Arrival callPeer(Consumer<String> progress) {
    if (peer == Peer.NONE) {
      return new Missing("");
    }
    progress.accept("starting the peer, " + peer);
    var words = new ArrayList<>(work.words());
    if (peer == Peer.PYTORCH_COMPILE) {
      words.add("--compile");
    }
    return Python.start("the peer (" + peer + ")", python, SCRIPT, words, work.threads());
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

  private BenchResult result(Duel duel, Arrival arrival, JsonNode ready, double roof) {
    double flopsPerToken = work.size().flops() / work.size().tokens();
    var rates = duel.figures();
    double reached = rates.oursMedian() * flopsPerToken;
    var name =
        arrival instanceof Came(Contender them, JsonNode said)
            ? said.path("name").asString(peer.toString())
            : BenchResult.NO_PEER;
    return BenchResult.of(
        "train",
        name,
        "tokens/s",
        rates,
        roof > 0 ? OptionalDouble.of(reached / roof) : OptionalDouble.empty(),
        duel.memoryRatio(),
        details(duel, ready, reached, roof));
  }

  private SequencedMap<String, Object> details(
      Duel duel, JsonNode ready, double reached, double roof) {
    var details = new LinkedHashMap<String, Object>();
    details.put("size", work.size().toString());
    details.put("dtype", work.dtype().toString());
    details.put("threads", work.threads());
    details.put("seed", work.seed());
    details.put("rounds", rounds.count());
    details.put("seconds_per_round", rounds.seconds());
    details.put("environment", environment.toString());
    details.put("parameters", work.size().config().parameters());
    details.put("tokens_per_step", work.size().tokens());
    details.put("flops_per_step", work.size().flops());
    details.put("flops_per_second", reached);
    details.put("roof_flops_per_second", roof);
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
