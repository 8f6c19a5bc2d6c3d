package inkstone.journal;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which record stands for which {@code type} of line. Immutable; a room with events of its own
 * reads them with {@code EventTypes.standard().with(ItsEvent.class)}.
 */
public final class EventTypes {

  private static final EventTypes STANDARD =
      new EventTypes(Map.of())
          .with(RunStarted.class)
          .with(InputSkipped.class)
          .with(CorpusRead.class)
          .with(TokenizerLearned.class)
          .with(Calibrated.class)
          .with(Planned.class)
          .with(RecipeFrozen.class)
          .with(NetworkBuilt.class)
          .with(Step.class)
          .with(DecayStarted.class)
          .with(Evaluated.class)
          .with(BaselineMeasured.class)
          .with(TranslationScored.class)
          .with(Sampled.class)
          .with(Judged.class)
          .with(Guessed.class)
          .with(BaselineJudged.class)
          .with(Confused.class)
          .with(Mistaken.class)
          .with(CheckpointSaved.class)
          .with(Resumed.class)
          .with(PullStarted.class)
          .with(Downloading.class)
          .with(Downloaded.class)
          .with(Pulled.class)
          .with(WordsPlanned.class)
          .with(Scored.class)
          .with(Noted.class)
          .with(Finished.class);

  private final Map<String, Class<? extends Event>> classes;

  private EventTypes(Map<String, Class<? extends Event>> classes) {
    this.classes = classes;
  }

  /** The events of this room. */
  public static EventTypes standard() {
    return STANDARD;
  }

  /**
   * These types and one more.
   *
   * @throws IllegalArgumentException if it is no record, has a component named {@code type} or
   *     {@code time}, or its name is taken by another class
   */
  public EventTypes with(Class<? extends Event> event) {
    var name = nameOf(event);
    var more = new LinkedHashMap<>(classes);
    var before = more.put(name, event);
    if (before != null && before != event) {
      throw new IllegalArgumentException(
          "event type \""
              + name
              + "\" is "
              + before.getName()
              + " and cannot also be "
              + event.getName());
    }
    return new EventTypes(more);
  }

  /** The record of a type, if it is known. */
  public Optional<Class<? extends Event>> find(String type) {
    return Optional.ofNullable(classes.get(type));
  }

  boolean knows(Class<? extends Event> event) {
    return classes.containsValue(event);
  }

  /**
   * The type that a class is written with: its simple name in snake_case.
   *
   * @throws IllegalArgumentException if it is no record, or has a component named {@code type} or
   *     {@code time}, which every line has already
   */
  static String nameOf(Class<? extends Event> event) {
    if (!event.isRecord()) {
      throw new IllegalArgumentException("event " + event.getName() + " is not a record");
    }
    if (Arrays.stream(event.getRecordComponents())
        .anyMatch(c -> c.getName().equals("type") || c.getName().equals("time"))) {
      throw new IllegalArgumentException(
          "event " + event.getName() + " has a component named \"type\" or \"time\"; rename it");
    }
    return event.getSimpleName().replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }
}
