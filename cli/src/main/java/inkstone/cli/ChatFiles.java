package inkstone.cli;

import inkstone.text.Conversation;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.Set;

/** Conversations as files of JSON messages. */
final class ChatFiles {

  /** Larger files are no conversation that a model could read. */
  private static final long LARGEST = 64L << 20;

  private final Set<Path> own = new HashSet<>();

  /**
   * Writes a conversation, beside and renamed. A file that is there is replaced only where this has
   * written or read it before.
   *
   * @throws ChatException if that fails
   */
  Path save(Conversation conversation, String name) {
    var file = path(name);
    if (Files.exists(file) && !own.contains(file)) {
      throw new ChatException(file + " is there already; give another name");
    }
    var beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(beside, conversation.json() + "\n");
      Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
      own.add(file);
      return file;
    } catch (IOException e) {
      throw new ChatException("%s cannot be written: %s".formatted(file, why(e)), e);
    }
  }

  /**
   * Reads a conversation.
   *
   * @throws ChatException if that fails
   * @throws inkstone.text.TemplateException if it is none
   */
  Conversation load(String name) {
    var file = path(name);
    try {
      if (Files.size(file) > LARGEST) {
        throw new ChatException(file + " is larger than 64 MiB, too large for a conversation");
      }
      var conversation = Conversation.parse(Files.readString(file));
      own.add(file);
      return conversation;
    } catch (IOException e) {
      throw new ChatException("%s cannot be read: %s".formatted(file, why(e)), e);
    }
  }

  /** The JDK's messages are often no more than the file's name. */
  static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "it is not there, or its folder is not";
      case AccessDeniedException denied -> "you are not allowed to";
      case CharacterCodingException broken -> "it is not UTF-8 text";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static Path path(String name) {
    if (name.isBlank()) {
      throw new ChatException("name a file");
    }
    try {
      var home = System.getProperty("user.home", "");
      return Path.of(name.startsWith("~/") ? home + name.substring(1) : name)
          .toAbsolutePath()
          .normalize();
    } catch (InvalidPathException e) {
      throw new ChatException("'%s' is no name of a file".formatted(name), e);
    }
  }
}
