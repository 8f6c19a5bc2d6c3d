package inkstone.bench;

import inkstone.generate.LanguageModel;
import inkstone.journal.Machine;
import inkstone.tensor.GgufType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * Compares how fast two programs write with the same model.
 *
 * @param stored the type of the matrices of a file with random weights
 * @param model a file to take instead of one with random weights
 * @param peerHome where the peer's programs or classes lie; llama.cpp's otherwise on the path
 * @param check what both sides are checked with before they are timed
 */
public record GenerateBench(
    GenerateWork work,
    GenerateSize size,
    GgufType stored,
    Optional<Path> model,
    GeneratePeer peer,
    Optional<Path> peerHome,
    Optional<FaithfulnessCheck> check,
    int threads,
    Rounds rounds,
    Environment environment) {

  private static final String JLAMA = "bench/peers/JlamaPeer.java";

  /**
   * Measures.
   *
   * @param progress gets a line when something has begun or a round has ended
   * @param notice gets a line if the peer cannot take part; then we are measured alone
   * @throws BenchException if a side dies or answers garbage, the model's file is not there, or we
   *     are found to be further from a file's weights than llama.cpp is
   */
  public BenchResult run(Consumer<String> progress, Consumer<String> notice) {
    if (model.isPresent()) {
      if (!Files.isRegularFile(model.get())) {
        throw new BenchException("--model " + model.get() + " is no file; name a .gguf file");
      }
      return run(model.get(), progress, notice);
    }
    try {
      var file = Files.createTempFile("inkstone-bench", ".gguf");
      try {
        progress.accept("writing a model of size %s as %s".formatted(size, stored));
        RandomGguf.write(file, size, stored);
        return run(file, progress, notice);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep a model in the folder for temporary files", e);
    }
  }

  private BenchResult run(Path file, Consumer<String> progress, Consumer<String> notice) {
    var type = FaithfulnessCheck.type(file);
    var checked = check(type, progress, notice);
    progress.accept("starting our side");
    try (var us = ours(file)) {
      var them = theirs(file, notice);
      try {
        var duel = Duel.fight(work.better(), us, them, rounds, progress);
        var name = them.map(Object::toString).orElse(BenchResult.NO_PEER);
        var details = details(duel, type);
        checked.ifPresent(found -> found.note(details));
        return result(duel, name, details);
      } finally {
        them.ifPresent(Side::close);
      }
    }
  }

  private Optional<Faithfulness> check(
      GgufType type, Consumer<String> progress, Consumer<String> notice) {
    if (peer == GeneratePeer.NONE) {
      return Optional.empty();
    }
    if (check.isEmpty()) {
      notice.accept(FaithfulnessCheck.unchecked("no model was named for it"));
      return Optional.empty();
    }
    var home = new LlamaCpp(peer == GeneratePeer.LLAMA_CPP ? peerHome : Optional.empty());
    return check.get().run(type, home, threads, progress, notice);
  }

  private Side ours(Path file) {
    if (work == GenerateWork.START) {
      return Started.ours(file, threads, environment);
    }
    var words = List.of(file.toString(), Integer.toString(threads));
    try {
      var worker =
          Contender.start(
              "our worker",
              OwnJvm.command(GenerateWorker.class, words),
              variables -> environment.apply(variables, threads));
      worker.ready();
      var side = new Asked("inkstone", worker, work.question());
      side.round(0); // The compiler needs to have seen the work before it is timed.
      side.round(0);
      return side;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start another JVM", e);
    }
  }

  private Optional<Side> theirs(Path file, Consumer<String> notice) {
    return switch (peer) {
      case NONE -> Optional.empty();
      case LLAMA_CPP -> llamaCpp(file, notice);
      case JLAMA -> jlama(file, notice);
      case LLAMA3_JAVA ->
          came(inJvm("bench/peers/Llama3Peer.java", List.of(file.toString())), notice);
    };
  }

  private Optional<Side> llamaCpp(Path file, Consumer<String> notice) {
    var home = new LlamaCpp(peerHome);
    var name =
        switch (work) {
          case START -> Started.PROGRAM;
          case STREAMS -> LlamaServer.PROGRAM;
          case DECODE, PREFILL -> LlamaBench.PROGRAM;
        };
    var program = home.program(name);
    if (program.isEmpty()) {
      notice.accept(home.missing(name));
    }
    return program.map(
        found ->
            switch (work) {
              case START -> Started.theirs(found, file, threads);
              case STREAMS -> LlamaServer.start(found, file, work, threads);
              case DECODE, PREFILL -> new LlamaBench(found, file, work, threads);
            });
  }

  /** It reads folders only: it gets one with the same weights. */
  private Optional<Side> jlama(Path file, Consumer<String> notice) {
    var missing = JavaPeer.missing(peer.toString(), home(), JLAMA);
    if (missing.isPresent()) {
      notice.accept(missing.get().why());
      return Optional.empty();
    }
    var folder = Folder.temporary();
    try (var opened = LanguageModel.open(file)) {
      opened.save(folder.path());
    }
    var type = stored == GgufType.Q4_0 ? "q4" : "f32";
    var words = List.of(folder.path().toString(), Integer.toString(threads), type);
    var side = came(inJvm(JLAMA, words), notice);
    if (side.isEmpty()) {
      folder.close();
    }
    return side.map(s -> new Housed(s, folder));
  }

  /** A peer in a JVM is found in no other place. */
  private Path home() {
    return peerHome.orElse(Path.of(peer.toString()));
  }

  private Arrival inJvm(String script, List<String> words) {
    if (work == GenerateWork.START || work == GenerateWork.STREAMS) {
      throw new BenchException("--work %s: only llama.cpp can take part".formatted(work));
    }
    return JavaPeer.start(peer.toString(), home(), script, words, threads);
  }

  private Optional<Side> came(Arrival arrival, Consumer<String> notice) {
    return switch (arrival) {
      case Arrival.Came(Contender worker, JsonNode ready) ->
          Optional.of(new Asked(peer.toString(), worker, work.question()));
      case Arrival.Missing(String why) -> {
        notice.accept(why);
        yield Optional.empty();
      }
    };
  }

  private BenchResult result(Duel duel, String name, SequencedMap<String, Object> details) {
    return BenchResult.of(
        work.toString(),
        name,
        work.unit(),
        duel.figures(),
        OptionalDouble.empty(),
        duel.memoryRatio(),
        details);
  }

  private SequencedMap<String, Object> details(Duel duel, GgufType type) {
    var details = new LinkedHashMap<String, Object>();
    details.put("size", model.map(Path::toString).orElse(size.toString()));
    details.put("quant", type.toString().toLowerCase(java.util.Locale.ROOT));
    details.put("prompt_tokens", work.prompt());
    details.put("written_tokens", work.written());
    details.put("streams", work.streams());
    details.put("threads", threads);
    details.put("rounds", rounds.count());
    details.put("environment", environment.toString());
    details.put("ours_resident_bytes", Duel.peak(duel.ours()));
    details.put("theirs_resident_bytes", Duel.peak(duel.theirs()));
    details.put("ours_rounds", duel.figures().ours());
    details.put("theirs_rounds", duel.figures().theirs());
    details.put("machine", Machine.here(inkstone.tensor.Engine.version(), "cpu"));
    return details;
  }
}
