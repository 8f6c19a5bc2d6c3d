package inkstone.train;

import inkstone.data.Columns;
import inkstone.data.Example;
import inkstone.data.Examples;
import inkstone.journal.CorpusRead;
import inkstone.journal.Event;
import inkstone.journal.InputSkipped;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The texts of an encoder's run.
 *
 * @param training what is learned from
 * @param validation what is chosen by
 * @param test what is judged by in the end; may be none
 */
record EncoderMaterial(List<Example> training, List<Example> validation, List<Example> test) {

  /** Reads and parts the files of a recipe. */
  static EncoderMaterial read(EncoderRecipe recipe, Consumer<Event> events) {
    var data = recipe.data();
    var columns = new Columns(data.text(), data.pair(), data.label());
    var training = new ArrayList<>(Examples.read(paths(data.training()), columns));
    var validation = Examples.read(paths(data.validation()), columns);
    var test = Examples.read(paths(data.test()), columns);
    var order = new Random(data.splitSeed());
    if (test.isEmpty() && data.testShare() > 0) {
      test = part(training, data.testShare(), order);
    }
    int read = training.size();
    leaveOut(training, test);
    if (validation.isEmpty()) {
      validation = part(training, data.validationShare(), order);
    }
    int before = read - (data.validation().isEmpty() ? validation.size() : 0);
    leaveOut(training, validation);
    if (training.size() < before) {
      events.accept(
          new InputSkipped(
              "training",
              "%d examples that are also in validation or test were left out"
                  .formatted(before - training.size())));
    }
    if (training.isEmpty() || validation.isEmpty()) {
      throw new TrainingException(
          "%d examples are too few to train and to validate; give more, or data.validation"
              .formatted(training.size() + validation.size()));
    }
    long bytes = bytes(training);
    long held = bytes(validation) + bytes(test);
    events.accept(
        new CorpusRead(
            Stream.of(data.training(), data.validation(), data.test())
                .flatMap(List::stream)
                .toList(),
            (long) training.size() + validation.size() + test.size(),
            bytes + held,
            1,
            bytes,
            held,
            "example: %d to train, %d to validate, %d to test"
                .formatted(training.size(), validation.size(), test.size())));
    return new EncoderMaterial(List.copyOf(training), validation, test);
  }

  /** What is judged by is not learned from, wherever else it stands. */
  private static void leaveOut(List<Example> training, List<Example> judged) {
    var keys = judged.stream().map(EncoderMaterial::key).collect(Collectors.toSet());
    training.removeIf(example -> keys.contains(key(example)));
  }

  private static String key(Example example) {
    return example.text().strip() + "\0" + example.pair().orElse("").strip();
  }

  private static List<Path> paths(List<String> files) {
    return files.stream().map(Path::of).toList();
  }

  /** Takes a part out of a list by chance; what is left is in a new order. */
  static <T> List<T> part(List<T> all, double share, Random order) {
    Collections.shuffle(all, order);
    var some = all.subList(0, (int) Math.round(share * all.size()));
    var taken = List.copyOf(some);
    some.clear();
    return taken;
  }

  private static long bytes(List<Example> examples) {
    return examples.stream().mapToLong(e -> e.text().getBytes(StandardCharsets.UTF_8).length).sum();
  }

  /** The text to learn a vocabulary from. */
  List<String> texts() {
    return training.stream().map(e -> e.text() + e.pair().map(p -> " " + p).orElse("")).toList();
  }

  /** The labels of the training examples, in order: of numbers by size, of words by alphabet. */
  List<String> labels() {
    var blank = training.stream().filter(e -> e.label().isEmpty()).findFirst();
    if (blank.isPresent()) {
      throw new TrainingException(
          blank.get().place() + ": there is no label; name its column by data.label");
    }
    var labels = training.stream().map(Example::label).distinct().toList();
    boolean numbers = labels.stream().allMatch(l -> l.matches("-?\\d{1,9}"));
    var sorted =
        numbers
            ? labels.stream().sorted(java.util.Comparator.comparingInt(Integer::parseInt)).toList()
            : labels.stream().sorted().toList();
    if (sorted.size() < 2 || sorted.size() > 1000) {
      throw new TrainingException(
          "column '%s' has %d different labels, such as %s; classification needs 2 to 1000"
              .formatted("label", sorted.size(), sorted.subList(0, Math.min(3, sorted.size()))));
    }
    return sorted;
  }

  /** The number of each example's label. */
  static int[] numbers(List<Example> examples, List<String> labels) {
    return examples.stream()
        .mapToInt(
            example -> {
              int number = labels.indexOf(example.label());
              if (number < 0) {
                throw new TrainingException(
                    "%s: label '%s' is none of those in training, %s"
                        .formatted(example.place(), example.label(), labels));
              }
              return number;
            })
        .toArray();
  }
}
