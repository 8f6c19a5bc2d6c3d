package inkstone.journal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a {@code run.jsonl} tells: the events in their order, without those that a later {@link
 * Resumed} cancels. Any beginning of a file can be read, so a run that still goes on, too.
 *
 * @param events the events that hold
 * @param notes what could not be read and was left out, in words
 */
public record RunLog(List<Recorded> events, List<String> notes) {

  /** Copies both lists. */
  public RunLog {
    events = List.copyOf(events);
    notes = List.copyOf(notes);
  }

  /**
   * Reads a journal with the events of this room.
   *
   * @param path the file, or the folder of the run
   * @throws JournalException if there is no such file or it cannot be read
   */
  public static RunLog read(Path path) {
    return read(path, EventTypes.standard());
  }

  /**
   * Reads a journal.
   *
   * @param path the file, or the folder of the run
   * @param types records to read the lines into; others become {@link Unknown}
   * @throws JournalException if there is no such file or it cannot be read
   */
  public static RunLog read(Path path, EventTypes types) {
    var file = Files.isDirectory(path) ? path.resolve(Journal.FILE) : path;
    if (!Files.exists(file)) {
      throw new JournalException("no journal at " + file + "; name the folder of a run");
    }
    String text;
    try {
      // Not readString: a cut last line may end inside a character.
      text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new JournalException("cannot read " + file + ": " + e, e);
    }
    return parse(text, types);
  }

  static RunLog parse(String text, EventTypes types) {
    var kept = new ArrayList<Lines.Line>();
    var notes = new ArrayList<String>();
    var number = 0;
    for (int start = 0, end; start < text.length(); start = end + 1) {
      var feed = text.indexOf('\n', start);
      end = feed < 0 ? text.length() : feed;
      number++;
      var line = text.substring(start, end);
      if (line.isBlank()) {
        continue;
      }
      var read = Lines.read(line, types);
      if (read.isEmpty()) {
        notes.add(
            feed < 0
                ? "line " + number + ", the last, is cut and was left out"
                : "line " + number + " is not an event and was left out");
        continue;
      }
      if (read.get().recorded().event() instanceof Resumed(long step)) {
        kept.removeIf(before -> before.step() > step);
      }
      kept.add(read.get());
    }
    return new RunLog(kept.stream().map(Lines.Line::recorded).toList(), notes);
  }

  /** All events of a type, in order. */
  public <E extends Event> List<E> all(Class<E> type) {
    return events.stream().map(Recorded::event).filter(type::isInstance).map(type::cast).toList();
  }

  /** The last event of a type, if there is one. */
  public <E extends Event> Optional<E> find(Class<E> type) {
    for (var recorded : events.reversed()) {
      if (type.isInstance(recorded.event())) {
        return Optional.of(type.cast(recorded.event()));
      }
    }
    return Optional.empty();
  }

  /**
   * The last event of a type.
   *
   * @throws JournalException if there is none
   */
  public <E extends Event> E last(Class<E> type) {
    return find(type)
        .orElseThrow(
            () ->
                new JournalException(
                    "the run has no event \"" + EventTypes.nameOf(type) + "\" so far"));
  }
}
