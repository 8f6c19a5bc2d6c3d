package inkstone.hub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;

/**
 * A server that answers as huggingface.co does (its API, redirects of large files to another server
 * with another name) and as modelscope.cn does; with faults on demand.
 */
final class FakeHub implements AutoCloseable {

  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
  static final Patience SHORT =
      new Patience(
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofMillis(500),
          4,
          Duration.ofMillis(1),
          Duration.ofMillis(4),
          Duration.ofSeconds(3));

  /** What goes wrong with one request for the bytes of a large file. */
  interface Fault {
    /** Answers in its own way; false to answer as usual. */
    boolean answer(HttpExchange exchange, byte[] content) throws IOException;
  }

  record Seen(String server, String path, Map<String, String> headers) {}

  final TreeMap<String, byte[]> files = new TreeMap<>();
  final Deque<Fault> faults = new ArrayDeque<>();
  final Deque<Fault> apiFaults = new ArrayDeque<>();
  final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
  final HttpServer api;
  final HttpServer store;
  volatile String commit = COMMIT;
  volatile boolean knowsRanges = true;
  volatile boolean tellsLength = true;
  volatile String token = "";
  volatile byte[] sent = new byte[0];
  volatile String tag = "";
  volatile Duration drip = Duration.ZERO;

  FakeHub() throws IOException {
    api = server(this::api);
    store = server(this::store);
  }

  private HttpServer server(com.sun.net.httpserver.HttpHandler handler) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            handler.handle(exchange);
          } catch (IOException e) {
            // The client hung up, or this is a fault that was asked for.
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return server;
  }

  String address() {
    return "http://127.0.0.1:" + api.getAddress().getPort();
  }

  Map<String, String> environment() {
    return Map.of("HF_ENDPOINT", address(), "MODELSCOPE_ENDPOINT", address());
  }

  /** A model with the usual files; its weights are noise behind a true header. */
  FakeHub withModel(int weights, long seed) {
    files.put("config.json", "{\"model_type\": \"llama\"}\n".getBytes(UTF_8));
    files.put("tokenizer.json", "{\"version\": \"1.0\"}\n".getBytes(UTF_8));
    files.put("README.md", "# A model\n".getBytes(UTF_8));
    files.put("model.safetensors", safetensors(weights, seed));
    files.put("pytorch_model.bin", new byte[] {(byte) 0x80, 2});
    files.put("onnx/model.onnx", new byte[100]);
    return this;
  }

  static byte[] safetensors(int weights, long seed) {
    var header =
        "{\"w\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(weights, weights)
            .getBytes(UTF_8);
    var noise = new byte[weights];
    new Random(seed).nextBytes(noise);
    return ByteBuffer.allocate(8 + header.length + weights)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .put(noise)
        .array();
  }

  static byte[] gguf(int size, long seed) {
    var bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    System.arraycopy("GGUF".getBytes(UTF_8), 0, bytes, 0, 4);
    return bytes;
  }

  private static boolean isLarge(String path) {
    return path.matches(".*\\.(safetensors|gguf|onnx|bin|zip)");
  }

  private void note(String server, HttpExchange exchange) {
    var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
    seen.add(new Seen(server, exchange.getRequestURI().toString(), headers));
  }

  /** The requests for bytes of large files. */
  List<Seen> stored() {
    synchronized (seen) {
      return seen.stream().filter(s -> s.server().equals("store")).toList();
    }
  }

  private void api(HttpExchange exchange) throws IOException {
    note("api", exchange);
    var path = exchange.getRequestURI().getPath();
    var fault = apiFaults.poll();
    if (fault != null && fault.answer(exchange, new byte[0])) {
      return;
    }
    if (!token.isEmpty()
        && !("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange.getResponseHeaders().add("X-Error-Code", "GatedRepo");
      exchange.getResponseHeaders().add("X-Error-Message", "Access to model is restricted.");
      reply(exchange, 401, "{}");
    } else if (path.equals("/api/models")) {
      reply(exchange, 200, "[{\"id\":\"org/name\"},{\"id\":\"org/another\"}]");
    } else if (path.equals("/api/models/org/name/refs")) {
      reply(exchange, 200, "{\"branches\":[{\"name\":\"main\"},{\"name\":\"v1.0\"}],\"tags\":[]}");
    } else if (path.startsWith("/api/models/org/name/revision/")) {
      var revision = path.substring("/api/models/org/name/revision/".length());
      if (List.of("main", "v1.0", commit, "refs/pr/1").contains(revision)) {
        reply(exchange, 200, "{\"id\":\"org/name\",\"sha\":\"" + commit + "\"}");
      } else {
        exchange.getResponseHeaders().add("X-Error-Code", "RevisionNotFound");
        reply(exchange, 404, "{}");
      }
    } else if (path.equals("/api/models/org/name/tree/" + commit)) {
      tree(exchange);
    } else if (path.startsWith("/org/name/resolve/" + commit + "/")) {
      resolve(exchange, path.substring(("/org/name/resolve/" + commit + "/").length()));
    } else if (path.equals("/api/v1/models/org/name/repo/files")) {
      modelScopeFiles(exchange);
    } else if (path.equals("/api/v1/models/org/name/repo")) {
      var query = exchange.getRequestURI().getRawQuery();
      resolve(exchange, URLDecoder.decode(query.replaceFirst(".*FilePath=", ""), UTF_8));
    } else {
      exchange.getResponseHeaders().add("X-Error-Code", "RepoNotFound");
      reply(exchange, 404, "{}");
    }
  }

  /** Two files a page, so that there is more than one. */
  private void tree(HttpExchange exchange) throws IOException {
    var query = exchange.getRequestURI().getQuery();
    int from =
        query.contains("cursor=") ? Integer.parseInt(query.replaceFirst(".*cursor=", "")) : 0;
    var entries = new ArrayList<String>();
    entries.add("{\"type\":\"directory\",\"oid\":\"0\",\"size\":0,\"path\":\"onnx\"}");
    files.forEach((name, content) -> entries.add(entry(name, content)));
    int to = Math.min(from + 2, entries.size());
    if (to < entries.size()) {
      exchange
          .getResponseHeaders()
          .add(
              "Link",
              "<"
                  + address()
                  + "/api/models/org/name/tree/"
                  + commit
                  + "?recursive=true&cursor="
                  + to
                  + ">; rel=\"next\"");
    }
    reply(exchange, 200, "[" + String.join(",", entries.subList(from, to)) + "]");
  }

  private static String entry(String name, byte[] content) {
    var path = name.replace("\\", "\\\\");
    return isLarge(name)
        ? "{\"type\":\"file\",\"oid\":\"%s\",\"size\":%d,\"lfs\":{\"oid\":\"%s\",\"size\":%d,\"pointerSize\":134},\"path\":\"%s\"}"
            .formatted("0".repeat(40), content.length, sha256(content), content.length, path)
        : "{\"type\":\"file\",\"oid\":\"%s\",\"size\":%d,\"path\":\"%s\"}"
            .formatted(gitSha1(content), content.length, path);
  }

  private void modelScopeFiles(HttpExchange exchange) throws IOException {
    var entries = new ArrayList<String>();
    entries.add("{\"Type\":\"tree\",\"Path\":\"onnx\",\"Size\":0,\"Sha256\":\"\"}");
    files.forEach(
        (name, content) ->
            entries.add(
                "{\"Type\":\"blob\",\"Path\":\"%s\",\"Size\":%d,\"Sha256\":\"%s\"}"
                    .formatted(name, content.length, sha256(content))));
    reply(
        exchange,
        200,
        "{\"Code\":200,\"Success\":true,\"Data\":{\"Files\":[" + String.join(",", entries) + "]}}");
  }

  private void resolve(HttpExchange exchange, String name) throws IOException {
    var content = files.get(name);
    if (content == null) {
      reply(exchange, 404, "");
    } else if (isLarge(name)) {
      exchange.getResponseHeaders().add("X-Linked-ETag", "\"" + sha256(content) + "\"");
      exchange.getResponseHeaders().add("X-Linked-Size", Integer.toString(content.length));
      exchange
          .getResponseHeaders()
          .add(
              "Location",
              "http://localhost:"
                  + store.getAddress().getPort()
                  + "/store/"
                  + sha256(content)
                  + "?sign=a%2Fb");
      reply(exchange, 302, "");
    } else {
      exchange.getResponseHeaders().add("ETag", "\"" + gitSha1(content) + "\"");
      exchange.sendResponseHeaders(200, content.length == 0 ? -1 : content.length);
      exchange.getResponseBody().write(content);
    }
  }

  private void store(HttpExchange exchange) throws IOException {
    note("store", exchange);
    var wanted = exchange.getRequestURI().getPath().replaceFirst(".*/", "");
    var content =
        sent.length > 0
            ? sent
            : files.values().stream()
                .filter(c -> sha256(c).equals(wanted))
                .findFirst()
                .orElseThrow();
    var fault = faults.poll();
    if (fault != null && fault.answer(exchange, content)) {
      return;
    }
    serve(exchange, content);
  }

  /** Answers with a file as a good server does: ranges, validators. */
  void serve(HttpExchange exchange, byte[] content) throws IOException {
    var own = tag.isEmpty() ? "\"" + sha256(content).substring(0, 16) + "\"" : tag;
    exchange.getResponseHeaders().add("ETag", own);
    if (own.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    var range = exchange.getRequestHeaders().getFirst("Range");
    var ifRange = exchange.getRequestHeaders().getFirst("If-Range");
    if (knowsRanges && range != null && (ifRange == null || ifRange.equals(own))) {
      int from = Integer.parseInt(range.replaceFirst("bytes=(\\d+)-", "$1"));
      if (from >= content.length) {
        exchange.getResponseHeaders().add("Content-Range", "bytes */" + content.length);
        exchange.sendResponseHeaders(416, -1);
        return;
      }
      exchange
          .getResponseHeaders()
          .add(
              "Content-Range",
              "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
      body(exchange, 206, Arrays.copyOfRange(content, from, content.length));
    } else {
      body(exchange, 200, content);
    }
  }

  private void body(HttpExchange exchange, int status, byte[] content) throws IOException {
    exchange.sendResponseHeaders(status, tellsLength ? content.length : 0);
    var out = exchange.getResponseBody();
    int step = drip.isZero() ? content.length : 1 << 14;
    for (int at = 0; at < content.length; at += step) {
      out.write(content, at, Math.min(step, content.length - at));
      if (!drip.isZero()) {
        out.flush();
        pause(drip);
      }
    }
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static void reply(HttpExchange exchange, int status, String text) throws IOException {
    var bytes = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
  }

  /** Hangs up after so many bytes of what was asked for. */
  Fault cutAfter(int bytes) {
    return (exchange, content) -> {
      var range = exchange.getRequestHeaders().getFirst("Range");
      int from = range == null ? 0 : Integer.parseInt(range.replaceFirst("bytes=(\\d+)-", "$1"));
      var left = content.length - from;
      exchange.getResponseHeaders().add("ETag", "\"" + sha256(content).substring(0, 16) + "\"");
      if (from > 0) {
        exchange
            .getResponseHeaders()
            .add(
                "Content-Range",
                "bytes %d-%d/%d".formatted(from, content.length - 1, content.length));
      }
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, left);
      exchange.getResponseBody().write(content, from, Math.min(bytes, left - 1));
      exchange.getResponseBody().flush();
      return true;
    };
  }

  static Fault status(int status, String... headers) {
    return (exchange, content) -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      reply(exchange, status, "no");
      return true;
    };
  }

  static String sha256(byte[] content) {
    return digest("SHA-256", content);
  }

  static String gitSha1(byte[] content) {
    var head = ("blob " + content.length + "\0").getBytes(UTF_8);
    var all = Arrays.copyOf(head, head.length + content.length);
    System.arraycopy(content, 0, all, head.length, content.length);
    return digest("SHA-1", all);
  }

  private static String digest(String algorithm, byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    api.stop(0);
    store.stop(0);
  }
}
