package inkstone.words;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes the files of word2vec: beside their place, synced, then renamed. */
final class VectorWriter {

  private interface Content {
    void write(OutputStream out) throws IOException;
  }

  private VectorWriter() {}

  static void binary(WordVectors vectors, Path file) {
    var row = ByteBuffer.allocate(4 * vectors.dimensions()).order(ByteOrder.LITTLE_ENDIAN);
    write(
        file,
        out -> {
          out.write(header(vectors));
          for (int word = 0; word < vectors.words().size(); word++) {
            out.write((word(vectors, word) + ' ').getBytes(UTF_8));
            row.clear();
            for (int d = 0; d < vectors.dimensions(); d++) {
              row.putFloat(vectors.number(word, d));
            }
            out.write(row.array());
            out.write('\n');
          }
        });
  }

  static void text(WordVectors vectors, Path file) {
    write(
        file,
        out -> {
          out.write(header(vectors));
          var line = new StringBuilder();
          for (int word = 0; word < vectors.words().size(); word++) {
            line.setLength(0);
            line.append(word(vectors, word));
            for (int d = 0; d < vectors.dimensions(); d++) {
              line.append(' ').append(vectors.number(word, d));
            }
            out.write(line.append('\n').toString().getBytes(UTF_8));
          }
        });
  }

  private static byte[] header(WordVectors vectors) {
    return (vectors.words().size() + " " + vectors.dimensions() + "\n").getBytes(UTF_8);
  }

  /** The files' readers end a word at a blank. */
  private static String word(WordVectors vectors, int place) {
    var word = vectors.words().get(place);
    if (word.isEmpty() || word.indexOf(' ') >= 0 || word.indexOf('\n') >= 0) {
      throw new WordsException(
          "word %d, '%s', is empty or has a blank, which word2vec's files cannot hold; join its parts by %s"
              .formatted(place + 1, word, Phrases.JOINT));
    }
    return word;
  }

  private static void write(Path file, Content content) {
    var target = file.toAbsolutePath();
    var beside = target.resolveSibling(target.getFileName() + ".partial");
    try {
      try (var channel =
              FileChannel.open(
                  beside,
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.TRUNCATE_EXISTING);
          var out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
        content.write(out);
        out.flush();
        channel.force(true);
      }
      Files.move(beside, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | WordsException e) {
      try {
        Files.deleteIfExists(beside);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw e instanceof WordsException mine
          ? mine
          : new WordsException(file + " cannot be written: " + e, e);
    }
  }
}
