package inkstone.hub;

import inkstone.hub.Source.Local;
import inkstone.hub.Source.MavenArtifact;
import inkstone.hub.Source.Repository;
import inkstone.hub.Source.Web;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Sources as text. */
final class SourceText {

  private static final Pattern SCHEME = Pattern.compile("(?i)(hf|modelscope|maven|https?):.*");

  /** Of a repository's id, and of a Maven coordinate. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}");

  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+/-]{0,199}");
  private static final Pattern SHA256 = Pattern.compile("(?i)sha256=([0-9a-f]{64})");
  private static final String DIGEST = "a checksum is written #sha256=, then 64 hexadecimal digits";

  private SourceText() {}

  static boolean hasScheme(String text) {
    return SCHEME.matcher(text).matches();
  }

  static Source parse(String text) {
    if (text.isBlank()) {
      throw new HubException(
          "the source is empty; it is hf:org/name, modelscope:org/name,"
              + " maven:group:artifact:version, https://... or a path");
    }
    if (!hasScheme(text)) {
      return local(text);
    }
    var colon = text.indexOf(':');
    var rest = text.substring(colon + 1);
    return switch (text.substring(0, colon).toLowerCase(Locale.ROOT)) {
      case "hf" -> repository(Service.HUGGING_FACE, rest);
      case "modelscope" -> repository(Service.MODELSCOPE, rest);
      case "maven" -> maven(rest);
      default -> web(text);
    };
  }

  private static Source local(String text) {
    try {
      return new Local(Path.of(text));
    } catch (InvalidPathException e) {
      throw new HubException("%s is no path: %s".formatted(quoted(text), e.getReason()), e);
    }
  }

  /** {@code org/name}, {@code @revision}, {@code /file}; {@code refs/pr/1} is one revision. */
  private static Source repository(Service service, String text) {
    var at = text.indexOf('@');
    var id = at < 0 ? text : text.substring(0, at);
    var revision = service.usualRevision();
    Optional<String> file = Optional.empty();
    if (at < 0) {
      var parts = text.split("/", 3);
      id = parts.length == 3 ? parts[0] + "/" + parts[1] : text;
      file = parts.length == 3 ? Optional.of(parts[2]) : file;
    } else {
      var after = text.substring(at + 1);
      var end = endOfRevision(after);
      revision = after.substring(0, end).replace("%2F", "/").replace("%2f", "/");
      file = end < after.length() ? Optional.of(after.substring(end + 1)) : file;
    }
    return checked(new Repository(service, id, revision, file));
  }

  private static int endOfRevision(String text) {
    var from = 0;
    if (text.startsWith("refs/")) {
      from = text.indexOf('/', 5) + 1;
    }
    var end = text.indexOf('/', from);
    return end < 0 ? text.length() : end;
  }

  static Repository checked(Repository source) {
    var scheme = source.service().scheme();
    var parts = source.id().split("/", -1);
    var good = parts.length == 2 || parts.length == 1 && source.service() == Service.HUGGING_FACE;
    for (var part : parts) {
      good &= WORD.matcher(part).matches() && !part.contains("..");
    }
    if (!good) {
      throw new HubException(
          "%s is no repository's name; write %s:organisation/name, then @revision where it is not %s"
              .formatted(quoted(source.id()), scheme, source.service().usualRevision()));
    }
    if (!REVISION.matcher(source.revision()).matches() || source.revision().contains("..")) {
      throw new HubException(
          "%s is no revision of %s:%s; name a branch, a tag or a commit"
              .formatted(quoted(source.revision()), scheme, source.id()));
    }
    source.file().ifPresent(FileName::check);
    return source;
  }

  private static Source maven(String text) {
    var parts = text.split(":", -1);
    var good = parts.length >= 3 && parts.length <= 5;
    for (var part : parts) {
      good &= WORD.matcher(part).matches();
    }
    if (!good) {
      throw new HubException(
          "maven:%s is no artifact; write maven:group:artifact:version, then :type and :classifier"
                  .formatted(text)
              + " where it is not the plain jar");
    }
    return new MavenArtifact(
        parts[0],
        parts[1],
        parts[2],
        parts.length > 3 ? parts[3] : "jar",
        parts.length > 4 ? parts[4] : "");
  }

  private static Source web(String text) {
    URI address;
    try {
      address = new URI(text);
    } catch (URISyntaxException e) {
      throw new HubException(
          "%s is no address: %s at character %d"
              .formatted(quoted(text), e.getReason(), e.getIndex() + 1),
          e);
    }
    if (address.getHost() == null || address.getUserInfo() != null) {
      throw new HubException(
          "%s is no address; write https://host/path, without a user or a password in it"
              .formatted(quoted(text)));
    }
    if (address.getScheme().equalsIgnoreCase("http") && !isThisMachine(address)) {
      throw new HubException(
          quoted(text) + " could be changed on its way; use https:// (http: only for localhost)");
    }
    Optional<String> sha256 = Optional.empty();
    var fragment = address.getRawFragment();
    if (fragment != null) {
      var match = SHA256.matcher(fragment);
      if (!match.matches()) {
        throw new HubException(quoted(text) + " ends with #" + fragment + "; " + DIGEST);
      }
      sha256 = Optional.of(match.group(1).toLowerCase(Locale.ROOT));
      address = URI.create(text.substring(0, text.indexOf('#')));
    }
    return new Web(address, sha256);
  }

  /** True for literal loopback addresses and localhost; no name is looked up. */
  static boolean isThisMachine(URI address) {
    var host = Optional.ofNullable(address.getHost()).orElse("");
    try {
      return host.equalsIgnoreCase("localhost")
          || host.matches("127(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+\\]")
              && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  static String of(Repository source) {
    var text = new StringBuilder(source.service().scheme()).append(':').append(source.id());
    if (!source.revision().equals(source.service().usualRevision())
        || source.id().indexOf('/') < 0 && source.file().isPresent()) {
      var whole = source.revision().matches("refs/[^/]+/[^/]+");
      text.append('@').append(whole ? source.revision() : source.revision().replace("/", "%2F"));
    }
    source.file().ifPresent(file -> text.append('/').append(file));
    return text.toString();
  }

  static String of(MavenArtifact source) {
    var text = "maven:" + source.group() + ":" + source.artifact() + ":" + source.version();
    if (!source.classifier().isEmpty()) {
      return text + ":" + source.type() + ":" + source.classifier();
    }
    return source.type().equals("jar") ? text : text + ":" + source.type();
  }

  static String of(Web source) {
    return source.address() + source.sha256().map(hex -> "#sha256=" + hex).orElse("");
  }

  static String quoted(String text) {
    return "'" + FileName.shown(text) + "'";
  }
}
