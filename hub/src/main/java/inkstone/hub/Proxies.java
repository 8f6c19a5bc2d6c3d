package inkstone.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The proxies that the variables {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code ALL_PROXY} and
 * {@code NO_PROXY} name, in upper or lower case; without them those of the JDK.
 */
final class Proxies extends ProxySelector {

  private final Map<String, String> environment;

  Proxies(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public List<Proxy> select(URI address) {
    var scheme = Optional.ofNullable(address.getScheme()).orElse("").toUpperCase(Locale.ROOT);
    var proxy = variable(scheme + "_PROXY").or(() -> variable("ALL_PROXY"));
    if (proxy.isEmpty()) {
      var usual = ProxySelector.getDefault();
      return usual == null ? List.of(Proxy.NO_PROXY) : usual.select(address);
    }
    return SourceText.isThisMachine(address) || isExempt(address)
        ? List.of(Proxy.NO_PROXY)
        : List.of(new Proxy(Proxy.Type.HTTP, socket(proxy.get())));
  }

  private boolean isExempt(URI address) {
    var host = Optional.ofNullable(address.getHost()).orElse("").toLowerCase(Locale.ROOT);
    for (var entry : variable("NO_PROXY").orElse("").toLowerCase(Locale.ROOT).split(",")) {
      var name = entry.strip().replaceFirst("^\\*?\\.", "");
      if (name.equals("*") || !name.isEmpty() && (host.equals(name) || host.endsWith("." + name))) {
        return true;
      }
    }
    return false;
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name))
        .or(() -> Optional.ofNullable(environment.get(name.toLowerCase(Locale.ROOT))))
        .filter(text -> !text.isBlank());
  }

  private static InetSocketAddress socket(String text) {
    try {
      var proxy = new URI(text.contains("://") ? text : "http://" + text);
      if (proxy.getHost() != null && "http".equals(proxy.getScheme())) {
        return new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort());
      }
    } catch (URISyntaxException e) {
      // Told below, without the text: it may hold a password.
    }
    throw new HubException(
        "the proxy of the environment is no http://host:port (SOCKS is not known here)");
  }

  @Override
  public void connectFailed(URI address, SocketAddress proxy, IOException e) {}
}
