package inkstone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * llama.cpp's {@code llama-server}, which is asked for many texts at once. Prompts are random
 * tokens, others in each round; no text ends before its last token.
 */
final class LlamaServer implements Side {

  static final String PROGRAM = "llama-server";

  private static final int PATIENCE_SECONDS = 120;

  /** Ids that are plain text in any vocabulary that we measure with. */
  private static final int FIRST_ID = 100;

  private static final int LAST_ID = 250;

  private final Process process;
  private final GenerateWork work;
  private final URI home;
  private final HttpClient client = HttpClient.newHttpClient();
  private final SplittableRandom random = new SplittableRandom(1);

  private LlamaServer(Process process, GenerateWork work, URI home) {
    this.process = process;
    this.work = work;
    this.home = home;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @throws BenchException if it dies or takes more than two minutes
   */
  static LlamaServer start(Path program, Path model, GenerateWork work, int threads) {
    int port = freePort();
    int each = work.prompt() + work.written() + 1;
    var command = new ArrayList<>(List.of(program.toString(), "-m", model.toString()));
    command.addAll(List.of("--host", "127.0.0.1", "--port", Integer.toString(port)));
    command.addAll(
        List.of("-np", Integer.toString(work.streams()), "-t", Integer.toString(threads)));
    command.addAll(List.of("-c", Integer.toString(work.streams() * each), "--no-warmup"));
    var builder = new ProcessBuilder(command);
    Environment.PLAIN.apply(builder.environment(), threads);
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      var server = new LlamaServer(builder.start(), work, URI.create("http://127.0.0.1:" + port));
      try {
        server.awaitReady();
      } catch (RuntimeException e) {
        server.close();
        throw e;
      }
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + program, e);
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("no port is free", e);
    }
  }

  private void awaitReady() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    var health = HttpRequest.newBuilder(home.resolve("/health")).build();
    while (System.nanoTime() < end && process.isAlive()) {
      try {
        if (client.send(health, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (IOException e) {
        // It does not listen yet.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BenchException("interrupted while " + PROGRAM + " started", e);
      }
    }
    throw new BenchException(PROGRAM + " did not become ready");
  }

  @Override
  public Lap round(double seconds) {
    var requests = new ArrayList<HttpRequest>();
    for (int i = 0; i < work.streams(); i++) {
      requests.add(request());
    }
    long begin = System.nanoTime();
    var answers =
        requests.stream()
            .map(request -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
            .toList();
    long tokens =
        answers.stream().map(CompletableFuture::join).mapToLong(LlamaServer::tokens).sum();
    double spent = (System.nanoTime() - begin) / 1e9;
    return new Lap(
        tokens, spent, Double.NaN, Resident.peak(Path.of("/proc/" + process.pid() + "/status")));
  }

  private HttpRequest request() {
    var body = BenchJson.MAPPER.createObjectNode();
    var prompt = body.putArray("prompt");
    random.ints(work.prompt(), FIRST_ID, LAST_ID).forEach(prompt::add);
    body.put("n_predict", work.written()).put("temperature", 0).put("ignore_eos", true);
    body.put("cache_prompt", false);
    return HttpRequest.newBuilder(home.resolve("/completion"))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(BenchJson.MAPPER.writeValueAsString(body)))
        .build();
  }

  private static long tokens(HttpResponse<String> answer) {
    var told = BenchJson.MAPPER.readTree(answer.body()).path("tokens_predicted").asLong(0);
    if (answer.statusCode() != 200 || told < 1) {
      throw new BenchException(PROGRAM + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return told;
  }

  @Override
  public void close() {
    client.close();
    process.destroy();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }

  @Override
  public String toString() {
    return LlamaCpp.NAME;
  }
}
