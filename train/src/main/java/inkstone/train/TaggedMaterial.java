package inkstone.train;

import inkstone.data.Tagged;
import inkstone.journal.CorpusRead;
import inkstone.journal.Event;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The sentences of a run that learns labels of words.
 *
 * @param training what is learned from
 * @param validation what is chosen by
 * @param test what is judged by in the end; may be none
 */
record TaggedMaterial(List<Tagged> training, List<Tagged> validation, List<Tagged> test) {

  /** Reads and parts the files of a recipe. */
  static TaggedMaterial read(EncoderRecipe recipe, Consumer<Event> events) {
    var data = recipe.data();
    var training = new ArrayList<>(Tagged.read(paths(data.training())));
    var validation = Tagged.read(paths(data.validation()));
    var test = Tagged.read(paths(data.test()));
    var order = new Random(data.splitSeed());
    if (test.isEmpty() && data.testShare() > 0) {
      test = EncoderMaterial.part(training, data.testShare(), order);
    }
    if (validation.isEmpty()) {
      validation = EncoderMaterial.part(training, data.validationShare(), order);
    }
    var judged =
        Stream.concat(validation.stream(), test.stream())
            .map(Tagged::words)
            .collect(java.util.stream.Collectors.toSet());
    training.removeIf(sentence -> judged.contains(sentence.words()));
    if (training.isEmpty() || validation.isEmpty()) {
      throw new TrainingException(
          "%d sentences are too few to train and to validate; give more, or data.validation"
              .formatted(training.size() + validation.size()));
    }
    long held = bytes(validation) + bytes(test);
    events.accept(
        new CorpusRead(
            Stream.of(data.training(), data.validation(), data.test())
                .flatMap(List::stream)
                .toList(),
            (long) training.size() + validation.size() + test.size(),
            bytes(training) + held,
            1,
            bytes(training),
            held,
            "sentence: %d to train, %d to validate, %d to test"
                .formatted(training.size(), validation.size(), test.size())));
    return new TaggedMaterial(List.copyOf(training), validation, test);
  }

  private static List<Path> paths(List<String> files) {
    return files.stream().map(Path::of).toList();
  }

  private static long bytes(List<Tagged> sentences) {
    return sentences.stream()
        .flatMap(sentence -> sentence.words().stream())
        .mapToLong(word -> word.getBytes(StandardCharsets.UTF_8).length + 1)
        .sum();
  }

  /** The labels of the training words, by alphabet. */
  List<String> labels() {
    return training.stream().flatMap(t -> t.labels().stream()).distinct().sorted().toList();
  }

  /** The number of a word's label. */
  static int number(Tagged sentence, int word, List<String> labels) {
    int number = labels.indexOf(sentence.labels().get(word));
    if (number < 0) {
      throw new TrainingException(
          "%s: label '%s' is none of those in training, %s"
              .formatted(sentence.place(), sentence.labels().get(word), labels));
    }
    return number;
  }
}
