package inkstone.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proxies, pauses and endpoints: what the environment and the clock say. */
class ProxiesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "HTTPS_PROXY=http://p.example:3128|https://h.example/x|p.example:3128",
        "https_proxy=p.example|https://h.example/x|p.example:80",
        "HTTP_PROXY=http://p.example:3128|https://h.example/x|-",
        "ALL_PROXY=http://p.example:1|http://h.example/x|p.example:1",
        "HTTPS_PROXY=http://p.example:1 NO_PROXY=h.example|https://h.example/x|-",
        "HTTPS_PROXY=http://p.example:1 NO_PROXY=a.example,.example|https://h.example/x|-",
        "HTTPS_PROXY=http://p.example:1 no_proxy=*.example|https://h.example/x|-",
        "HTTPS_PROXY=http://p.example:1 NO_PROXY=*|https://h.example/x|-",
        "HTTPS_PROXY=http://p.example:1 NO_PROXY=ample|https://h.example/x|p.example:1",
        "HTTP_PROXY=http://p.example:1|http://localhost:80/x|-",
      })
  void theVariablesChoose(String variables, String address, String proxy) {
    var environment = new java.util.HashMap<String, String>();
    for (var entry : variables.split(" ")) {
      environment.put(entry.split("=", 2)[0], entry.split("=", 2)[1]);
    }
    var chosen = new Proxies(environment).select(URI.create(address)).getFirst();
    var socket = (InetSocketAddress) chosen.address();
    assertEquals(proxy, socket == null ? null : socket.getHostString() + ":" + socket.getPort());
  }

  @Test
  void aProxyThatIsNoneIsToldWithoutItsPassword(@TempDir Path cache) {
    var environment =
        Map.of("HTTP_PROXY", "socks5://me:secret@p.example:1", "HF_ENDPOINT", "http://m.example");
    var hub = Hub.of(cache, environment).with(FakeHub.SHORT, Disk.REAL);
    var e = assertThrows(HubException.class, () -> hub.pull(Source.parse("hf:a/b"), event -> {}));
    assertEquals(
        "the proxy of the environment is no http://host:port (SOCKS is not known here)",
        e.getMessage());
  }

  @Test
  void aProxyIsAskedForWhatIsElsewhere(@TempDir Path cache) throws Exception {
    var asked = Collections.synchronizedList(new ArrayList<String>());
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          FakeHub.reply(exchange, 404, "{}");
          exchange.close();
        });
    server.start();
    try {
      var environment =
          Map.of(
              "HF_ENDPOINT",
              "http://models.example",
              "HTTP_PROXY",
              "http://127.0.0.1:" + server.getAddress().getPort());
      var hub = Hub.of(cache, environment).with(FakeHub.SHORT, Disk.REAL);
      assertThrows(HubException.class, () -> hub.pull(Source.parse("hf:a/b"), e -> {}));
      assertTrue(
          asked.contains("http://models.example/api/models/a/b/revision/main"), asked.toString());
    } finally {
      server.stop(0);
    }
  }

  @Test
  void pausesDoubleAndAreSpread() {
    var patience = Patience.USUAL;
    assertEquals(Duration.ofSeconds(7), patience.pause(1, Optional.of(Duration.ofSeconds(7))));
    for (int failures = 1; failures <= 70; failures++) {
      double expected = Math.min(30_000, 1000 * Math.pow(2, failures - 1));
      for (int i = 0; i < 20; i++) {
        var millis = patience.pause(failures, Optional.empty()).toMillis();
        assertTrue(
            millis >= 0.75 * expected - 1 && millis <= 1.25 * expected + 1,
            failures + ": " + millis);
      }
    }
  }

  @Test
  void endpoints() {
    var usual = Endpoint.huggingFace(Map.of());
    assertEquals("https://huggingface.co", usual.address().toString());
    assertEquals(Map.of(), usual.headers());
    assertTrue(usual.owns(URI.create("https://HUGGINGFACE.co:443/x")));
    for (var other :
        List.of(
            "http://huggingface.co/", "https://huggingface.co:444/", "https://a.huggingface.co/")) {
      assertTrue(!usual.owns(URI.create(other)), other);
    }
    assertEquals(
        "https://m.example/hf/api",
        Endpoint.huggingFace(Map.of("HF_ENDPOINT", "https://m.example/hf//"))
            .at("/api")
            .toString());
    assertEquals(
        Map.of("Authorization", "Bearer t", "Cookie", "m_session_id=t"),
        Endpoint.modelScope(Map.of("MODELSCOPE_API_TOKEN", " t\n")).headers());
    assertEquals("https://www.modelscope.cn", Endpoint.modelScope(Map.of()).address().toString());
    assertEquals(
        "https://modelscope.ai",
        Endpoint.modelScope(Map.of("MODELSCOPE_DOMAIN", "modelscope.ai")).address().toString());
    for (var bad :
        List.of(
            "m.example",
            "ftp://m.example",
            "https://",
            "https://a:b@m.example",
            "https://m.example?x",
            "https://m example")) {
      var e =
          assertThrows(HubException.class, () -> Endpoint.huggingFace(Map.of("HF_ENDPOINT", bad)));
      assertEquals(
          "HF_ENDPOINT is '" + bad + "', which is no address of a server; write https://host",
          e.getMessage());
    }
    assertEquals("a%20b%2Fc%E5%A2%A8~._-", Endpoint.encoded("a b/c墨~._-"));
    assertEquals("a%20b/c", Endpoint.encodedPath("a b/c"));
  }
}
