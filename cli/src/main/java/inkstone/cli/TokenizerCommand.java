package inkstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import inkstone.data.Corpus;
import inkstone.data.Documents;
import inkstone.data.Skipped;
import inkstone.text.BpeTrainer;
import inkstone.text.CharacterTokenizer;
import inkstone.text.JsonLines;
import inkstone.text.SplitPattern;
import inkstone.text.Tokenizer;
import inkstone.text.TokenizerException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inkstone tokenizer train|encode|decode}; standard streams are UTF-8 in every locale. */
@Command(
    name = "tokenizer",
    description = "Learns a tokenizer, or turns text to token ids and back.",
    mixinStandardHelpOptions = true,
    subcommands = {
      TokenizerCommand.Train.class,
      TokenizerCommand.Encode.class,
      TokenizerCommand.Decode.class
    })
public final class TokenizerCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
  public TokenizerCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do: train, encode or decode");
  }

  /** The two kinds of tokenizers that can be learnt. */
  enum Kind {
    BPE,
    CHAR
  }

  /** {@code tokenizer train}. */
  @Command(
      name = "train",
      description = "Learns a tokenizer from text and writes tokenizer.json.",
      mixinStandardHelpOptions = true)
  static final class Train implements Runnable {

    @Option(
        names = "--corpus",
        required = true,
        arity = "1..*",
        paramLabel = "PATH",
        description = "Files and folders of text.")
    private List<Path> corpus = List.of();

    @Option(
        names = "--vocab-size",
        paramLabel = "N",
        description =
            "Ids in all, special tokens included. Default: 8192 for bpe, all characters for char.")
    private Optional<Integer> vocabularySize = Optional.empty();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Where to write.")
    private Path out;

    @Option(names = "--type", paramLabel = "bpe|char", description = "Default: bpe.")
    private Kind kind = Kind.BPE;

    @Option(names = "--split", paramLabel = "gpt2|cl100k|qwen", description = "Default: gpt2.")
    private SplitPattern split = SplitPattern.GPT2;

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    Train() {}

    @Override
    public void run() {
      Tokenizer tokenizer =
          switch (kind) {
            case BPE -> train(BpeTrainer.of(vocabularySize.orElse(8192)).split(split)::train);
            case CHAR ->
                train(
                    vocabularySize
                            .map(CharacterTokenizer::ofVocabularySize)
                            .orElseGet(CharacterTokenizer::ofAllCharacters)
                        ::train);
          };
      tokenizer.save(out);
      System.err.printf(Locale.ROOT, "%d tokens, written to %s%n", tokenizer.vocabularySize(), out);
    }

    private interface Trainer {
      Tokenizer train(Iterable<String> documents);
    }

    private Tokenizer train(Trainer trainer) {
      Consumer<Skipped> tell = skipped -> System.err.println("skipped " + skipped);
      try (Documents.Reader reader = Corpus.of(corpus).open(tell)) {
        if (!reader.hasNext()) {
          throw new TokenizerException("no document of %s could be read".formatted(corpus));
        }
        return trainer.train(() -> new Texts(reader));
      }
    }
  }

  /** The texts of documents. */
  private record Texts(Documents.Reader reader) implements Iterator<String> {
    @Override
    public boolean hasNext() {
      return reader.hasNext();
    }

    @Override
    public String next() {
      return reader.next().text();
    }
  }

  /** {@code tokenizer encode}. */
  @Command(
      name = "encode",
      description = "Prints the ids of a text; it never yields special tokens.",
      mixinStandardHelpOptions = true)
  static final class Encode implements Runnable {

    @Option(
        names = "--tokenizer",
        required = true,
        paramLabel = "FILE|DIR",
        description = "tokenizer.json, vocab.json with merges.txt, or a model directory.")
    private Path tokenizer;

    @Option(
        names = "--jsonl",
        description = "One JSON string a line in, one JSON array of ids a line out.")
    private boolean jsonl;

    @Parameters(
        arity = "0..1",
        paramLabel = "TEXT|-",
        description = "The text; - or nothing: standard input.")
    private String text = "-";

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    Encode() {}

    @Override
    public void run() {
      Tokenizer opened = Tokenizer.open(tokenizer);
      try (var out = standardOutput()) {
        if (jsonl) {
          JsonLines.encode(
              opened,
              text.equals("-") ? System.in : new ByteArrayInputStream(text.getBytes(UTF_8)),
              out);
        } else {
          String ids =
              Arrays.stream(opened.encode(text.equals("-") ? standardInput() : text))
                  .mapToObj(Integer::toString)
                  .collect(Collectors.joining(" ", "", "\n"));
          out.write(ids.getBytes(UTF_8));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write to standard output", e);
      }
    }
  }

  /** {@code tokenizer decode}. */
  @Command(
      name = "decode",
      description = "Prints the text of token ids; special tokens give nothing.",
      mixinStandardHelpOptions = true)
  static final class Decode implements Runnable {

    @Option(
        names = "--tokenizer",
        required = true,
        paramLabel = "FILE|DIR",
        description = "tokenizer.json, vocab.json with merges.txt, or a model directory.")
    private Path tokenizer;

    @Option(
        names = "--jsonl",
        description = "One JSON array of ids a line in, one JSON string a line out.")
    private boolean jsonl;

    @Parameters(
        arity = "0..*",
        paramLabel = "ID|-",
        description = "The ids; - or nothing: standard input.")
    private List<String> ids = List.of();

    @SuppressWarnings("NullAway.Init") // picocli sets the annotated fields
    Decode() {}

    @Override
    public void run() {
      Tokenizer opened = Tokenizer.open(tokenizer);
      boolean fromInput = ids.isEmpty() || ids.equals(List.of("-"));
      String given = String.join(" ", ids);
      try (var out = standardOutput()) {
        if (jsonl) {
          JsonLines.decode(
              opened, fromInput ? System.in : new ByteArrayInputStream(given.getBytes(UTF_8)), out);
        } else {
          int[] numbers = numbers(fromInput ? standardInput() : given);
          out.write(opened.decode(numbers).getBytes(UTF_8));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write to standard output", e);
      }
    }
  }

  /** Numbers with white space, commas or brackets between them. */
  private static int[] numbers(String text) {
    var numbers = new ArrayList<Integer>();
    for (String word : text.split("[\\s,\\[\\]]+")) {
      if (word.isEmpty()) {
        continue;
      }
      try {
        numbers.add(Integer.parseInt(word));
      } catch (NumberFormatException e) {
        throw new TokenizerException("'%s' is not a token id".formatted(word), e);
      }
    }
    return numbers.stream().mapToInt(i -> i).toArray();
  }

  private static OutputStream standardOutput() {
    return new BufferedOutputStream(System.out, 1 << 16) {
      @Override
      public void close() throws IOException {
        flush(); // the process goes on, and its standard output with it
      }
    };
  }

  private static String standardInput() {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(System.in.readAllBytes())).toString();
    } catch (CharacterCodingException e) {
      throw new TokenizerException("standard input is not UTF-8", e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read standard input", e);
    }
  }
}
