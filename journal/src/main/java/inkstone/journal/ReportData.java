package inkstone.journal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the page of a report shows, as it is handed to its script. */
record ReportData(
    @Nullable Instant began,
    @Nullable Instant ended,
    @Nullable RunStarted run,
    @Nullable String recipe,
    @Nullable CorpusRead corpus,
    @Nullable TokenizerLearned tokenizer,
    @Nullable Calibrated calibration,
    @Nullable Planned plan,
    @Nullable NetworkBuilt network,
    Actual actual,
    Curve curve,
    List<Long> decays,
    List<Long> resumes,
    List<Evaluated> evaluations,
    List<BaselineMeasured> baselines,
    List<Sampled> samples,
    List<Judged> judgements,
    List<Guessed> guesses,
    List<BaselineJudged> judgedBaselines,
    List<Confused> confusions,
    List<Mistaken> mistakes,
    List<CheckpointSaved> checkpoints,
    int checkpointsInAll,
    List<InputSkipped> skipped,
    int skippedInAll,
    List<Noted> notes,
    List<Other> others,
    List<String> unreadable) {

  /** More points than a chart has pixels show nothing more. */
  static final int POINTS = 800;

  /** Longest list of one kind that the page shows. */
  static final int ROWS = 200;

  /** An event that has no place of its own on the page. */
  record Other(Instant time, String text) {}

  static ReportData of(RunLog log) {
    var events = log.events();
    var checkpoints = log.all(CheckpointSaved.class);
    var skipped = log.all(InputSkipped.class);
    return new ReportData(
        events.isEmpty() ? null : events.getFirst().time(),
        events.isEmpty() ? null : events.getLast().time(),
        log.find(RunStarted.class).orElse(null),
        recipe(log),
        log.find(CorpusRead.class).orElse(null),
        log.find(TokenizerLearned.class).orElse(null),
        log.find(Calibrated.class).orElse(null),
        log.find(Planned.class).orElse(null),
        log.find(NetworkBuilt.class).orElse(null),
        Actual.of(log),
        Curve.of(log.all(Step.class), POINTS),
        log.all(DecayStarted.class).stream().map(DecayStarted::step).toList(),
        log.all(Resumed.class).stream().map(Resumed::step).toList(),
        log.all(Evaluated.class),
        log.all(BaselineMeasured.class),
        last(log.all(Sampled.class)),
        log.all(Judged.class),
        log.all(Guessed.class),
        log.all(BaselineJudged.class),
        log.all(Confused.class),
        last(log.all(Mistaken.class)),
        last(checkpoints),
        checkpoints.size(),
        skipped.subList(0, Math.min(ROWS, skipped.size())),
        skipped.size(),
        last(log.all(Noted.class)),
        last(others(events)),
        last(log.notes()));
  }

  private static @Nullable String recipe(RunLog log) {
    var frozen = log.find(RecipeFrozen.class).map(RecipeFrozen::recipe);
    return frozen
        .or(() -> log.find(RunStarted.class).map(RunStarted::recipe))
        .filter(text -> !text.isBlank())
        .orElse(null);
  }

  private static List<Other> others(List<Recorded> events) {
    return events.stream()
        .filter(recorded -> !hasPlace(recorded.event()))
        .map(recorded -> new Other(recorded.time(), EventWords.of(recorded.event())))
        .toList();
  }

  /**
   * Whether the page shows it elsewhere; what word vectors and translations do is told in words.
   */
  private static boolean hasPlace(Event event) {
    return EventTypes.standard().knows(event.getClass())
        && !(event instanceof WordsPlanned)
        && !(event instanceof Scored)
        && !(event instanceof TranslationScored);
  }

  private static <T> List<T> last(List<T> all) {
    return all.subList(Math.max(0, all.size() - ROWS), all.size());
  }
}
