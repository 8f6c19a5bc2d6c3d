package inkstone.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** Finds a tokenizer's files, and writes them so that a killed process leaves no half of one. */
final class TokenizerFiles {

  private static final String JSON = "tokenizer.json";
  private static final String MODEL = "tokenizer.model";
  private static final String VOCABULARY_TEXT = "vocab.txt";
  private static final String CONFIG = "tokenizer_config.json";
  private static final List<String> VOCABULARIES = List.of("vocab.json", "encoder.json");
  private static final List<String> MERGES = List.of("merges.txt", "vocab.bpe");

  private TokenizerFiles() {}

  static Tokenizer open(Path path) {
    if (!Files.exists(path)) {
      throw new TokenizerException("%s: no such file or directory".formatted(path));
    }
    if (Files.isDirectory(path)) {
      return openDirectory(path);
    }
    String name = fileName(path);
    if (name.endsWith(".model")) {
      return sentencePiece(path);
    }
    if (name.endsWith(VOCABULARY_TEXT)) {
      return vocabularyText(path);
    }
    for (String vocabulary : VOCABULARIES) {
      if (name.endsWith(vocabulary)) {
        return vocabularyAndMerges(path, partner(path, vocabulary, MERGES));
      }
    }
    for (String merges : MERGES) {
      if (name.endsWith(merges)) {
        return vocabularyAndMerges(partner(path, merges, VOCABULARIES), path);
      }
    }
    return json(path);
  }

  private static Tokenizer openDirectory(Path directory) {
    Path json = directory.resolve(JSON);
    if (Files.exists(json)) {
      return json(json);
    }
    Path model = directory.resolve(MODEL);
    if (Files.exists(model)) {
      return sentencePiece(model);
    }
    Path text = directory.resolve(VOCABULARY_TEXT);
    if (Files.exists(text)) {
      return vocabularyText(text);
    }
    Path vocabulary = firstIn(directory, VOCABULARIES);
    return vocabularyAndMerges(vocabulary, firstIn(directory, MERGES));
  }

  private static Path firstIn(Path directory, List<String> names) {
    return names.stream()
        .map(directory::resolve)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new TokenizerException(
                    "%s: no %s, %s, %s and no %s in this directory"
                        .formatted(
                            directory, JSON, MODEL, VOCABULARY_TEXT, String.join(" or ", names))));
  }

  /** The other file of a pair such as {@code gpt2-vocab.json} and {@code gpt2-merges.txt}. */
  private static Path partner(Path file, String ending, List<String> others) {
    String name = fileName(file);
    String prefix = name.substring(0, name.length() - ending.length());
    return others.stream()
        .flatMap(other -> java.util.stream.Stream.of(prefix + other, other))
        .map(file::resolveSibling)
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new TokenizerException(
                    "%s: needs %s beside it".formatted(file, String.join(" or ", others))));
  }

  private static Tokenizer json(Path file) {
    return withConfig(TokenizerJson.read(read(file), file.toString()), config(file));
  }

  private static Tokenizer sentencePiece(Path file) {
    var model = SentencePieceModel.read(read(file), file.toString());
    return withConfig(SentencePiece.tokenizer(model, file.toString()), config(file));
  }

  private static Tokenizer vocabularyText(Path file) {
    Optional<byte[]> config = config(file);
    byte[] json = VocabularyText.toJson(read(file), file.toString(), config);
    return withConfig(TokenizerJson.read(json, file.toString()), config);
  }

  private static Tokenizer vocabularyAndMerges(Path vocabulary, Path merges) {
    Optional<byte[]> config = config(vocabulary);
    byte[] json =
        MergesFiles.toJson(
            read(vocabulary), vocabulary.toString(), read(merges), merges.toString(), config);
    return withConfig(TokenizerJson.read(json, vocabulary.toString()), config);
  }

  private static Tokenizer withConfig(ComposedTokenizer tokenizer, Optional<byte[]> config) {
    return config.isPresent() ? new ComposedTokenizer(tokenizer, config.get()) : tokenizer;
  }

  private static Optional<byte[]> config(Path sibling) {
    Path file = sibling.resolveSibling(CONFIG);
    return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
  }

  static void save(Path directory, byte[] json, byte[] config) {
    try {
      Files.createDirectories(directory);
      write(directory.resolve(JSON), json);
      write(directory.resolve(CONFIG), config);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the tokenizer to %s".formatted(directory), e);
    }
  }

  /** Beside, synced, renamed. */
  static void write(Path file, byte[] bytes) throws IOException {
    Path beside = file.resolveSibling(fileName(file) + ".part");
    try (var channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new TokenizerException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static String fileName(Path path) {
    Path name = path.getFileName();
    return name == null ? "" : name.toString();
  }
}
