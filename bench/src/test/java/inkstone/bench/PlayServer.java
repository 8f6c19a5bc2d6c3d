package inkstone.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;

/** Plays llama-server: notes each request in the file that is named as its model. */
final class PlayServer {

  static final int TOLD = 7;

  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

  private PlayServer() {}

  public static void main(String[] words) throws IOException {
    var options = List.of(words);
    int port = Integer.parseInt(options.get(options.indexOf("--port") + 1));
    var asked = Path.of(options.get(options.indexOf("-m") + 1));
    try (var server = new ServerSocket(port, 64, InetAddress.getLoopbackAddress())) {
      while (true) {
        try (var client = server.accept()) {
          var body = body(client.getInputStream());
          if (!body.isEmpty()) {
            Files.writeString(
                asked, body + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
          }
          var answer = "{\"tokens_predicted\":" + TOLD + "}";
          var head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + answer.length();
          client.getOutputStream().write((head + "\r\n\r\n" + answer).getBytes(UTF_8));
        }
      }
    }
  }

  private static String body(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append(new String(in.readNBytes(1), ISO_8859_1));
    }
    var length = LENGTH.matcher(head);
    return length.find() ? new String(in.readNBytes(Integer.parseInt(length.group(1))), UTF_8) : "";
  }
}
