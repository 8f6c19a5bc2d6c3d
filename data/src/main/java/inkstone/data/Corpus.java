package inkstone.data;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Text to learn from: folders and files, or WordNet.
 *
 * <p>Files end in {@code .txt} or {@code .md} (a document each) or {@code .jsonl} (a document a
 * line, in its field {@code text}), each also with {@code .gz}. Folders are read with all that lies
 * in them, hidden files aside, in the order of the paths. Text is UTF-8; a byte order mark is
 * dropped, line ends stay as they are. What cannot be used is skipped and told to whoever opens the
 * corpus.
 */
public final class Corpus implements Documents {
  private final List<Source> sources;
  private final List<Skipped> unusable;
  private final Sampling sampling;

  private Corpus(List<Source> sources, List<Skipped> unusable, Sampling sampling) {
    this.sources = sources;
    this.unusable = unusable;
    this.sampling = sampling;
  }

  /**
   * The corpus of these files and folders.
   *
   * @throws CorpusException if a path does not exist or none leads to a file of a known kind
   */
  public static Corpus of(List<Path> paths) {
    var files = new LinkedHashSet<Path>();
    var unusable = new ArrayList<Skipped>();
    for (var path : paths) {
      if (!Files.exists(path)) {
        throw new CorpusException(
            "%s: there is no such file or folder; check the corpus path".formatted(path));
      }
      files.addAll(list(path, unusable));
    }
    var sources = new ArrayList<Source>();
    for (var file : files) {
      Source.of(file)
          .ifPresentOrElse(
              sources::add,
              () ->
                  unusable.add(
                      new Skipped(
                          file.toString(),
                          "of an unknown kind (.txt, .md and .jsonl are read, also with .gz)")));
    }
    if (sources.isEmpty()) {
      throw new CorpusException(
          "no text in %s%s; a corpus is made of .txt, .md and .jsonl files, also with .gz"
              .formatted(
                  paths, unusable.isEmpty() ? "" : " (for example " + unusable.getFirst() + ")"));
    }
    return new Corpus(List.copyOf(sources), List.copyOf(unusable), Sampling.ALL);
  }

  /** The 117,000 definitions of WordNet 3.1, such as {@code attic, loft (noun): floor ...}. */
  public static Corpus wordNet() {
    return new Corpus(List.of(new Source.Synsets()), List.of(), Sampling.ALL);
  }

  /**
   * About {@code budget} bytes of this corpus, drawn by the seed: whole documents, and blocks of
   * long ones. A corpus that is no larger stays whole. Looks at file sizes, and unpacks what is
   * packed to learn its size.
   */
  public Corpus sample(long seed, long budget) {
    if (budget <= 0) {
      throw new IllegalArgumentException("a budget of " + budget + " bytes; it must be positive");
    }
    long total = 0;
    for (var source : sources) {
      try {
        total += source.bytes();
      } catch (IOException e) {
        // Whoever reads the corpus is told of it.
        continue;
      }
    }
    return new Corpus(sources, unusable, Sampling.of(seed, budget, total));
  }

  /** The part of the whole that is read, in (0, 1]. */
  public double share() {
    return sampling.share();
  }

  @Override
  public Reader open(Consumer<Skipped> skips) {
    unusable.forEach(skips);
    return new LookAhead() {
      private @Nullable Reader current;
      private int opened;

      @Override
      @Nullable Document advance() {
        while (true) {
          if (current != null && current.hasNext()) {
            return current.next();
          }
          close();
          if (opened == sources.size()) {
            return null;
          }
          current = sources.get(opened).open(opened, sampling, skips);
          opened++;
        }
      }

      @Override
      public void close() {
        if (current != null) {
          current.close();
          current = null;
        }
      }
    };
  }

  /** The files at or below a path, hidden ones aside, in the order of their paths. */
  private static List<Path> list(Path root, List<Skipped> unusable) {
    var files = new ArrayList<Path>();
    try {
      Files.walkFileTree(
          root,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return hidden(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (!hidden(file)) {
                files.add(file.normalize());
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              unusable.add(new Skipped(file.toString(), "cannot be read: " + e));
              return FileVisitResult.CONTINUE;
            }

            private boolean hidden(Path path) {
              return !path.equals(root) && String.valueOf(path.getFileName()).startsWith(".");
            }
          });
    } catch (IOException e) {
      throw new CorpusException(root + ": cannot be listed: " + e.getMessage(), e);
    }
    files.sort(Comparator.comparing(Path::toString));
    return files;
  }
}
