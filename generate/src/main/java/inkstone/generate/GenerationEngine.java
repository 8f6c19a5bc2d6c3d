package inkstone.generate;

import inkstone.tensor.KvPage;
import inkstone.tensor.KvType;
import inkstone.text.ChatOptions;
import inkstone.text.Conversation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Writes many texts at once with one model: a thread of its own reads the next tokens of all of
 * them in one batch, step by step (continuous batching; Yu et al., 2022, section 3.2). Requests
 * come from any threads, virtual ones too, join at the next step and leave when they end. Prompts
 * are read in chunks beside the texts that are being written, so that these do not wait for long.
 *
 * <p>Where the cache has no page left, the youngest text gives its pages up, waits, and reads its
 * tokens again later. One that fails does not touch the others. The model is the caller's, and used
 * by nobody else until this is closed.
 *
 * <pre>{@code
 * try (var engine = GenerationEngine.of(model, GenerationEngine.Settings.DEFAULT)) {
 *   try (var pieces = engine.generate(GenerationRequest.of("Once upon a time"))) {
 *     pieces.forEach(piece -> System.out.print(piece.text()));
 *   }
 * }
 * }</pre>
 */
public final class GenerationEngine implements AutoCloseable {

  /**
   * How much is done at once.
   *
   * @param streams texts that are written at once, 1 or more
   * @param waiting requests that may wait for their turn, 1 or more; more are refused
   * @param chunk tokens that one step reads, those of prompts among them, 1 or more
   * @param cacheTokens tokens that the cache holds, of all texts together; rounded up to whole
   *     pages
   * @param cache how it keeps them
   */
  public record Settings(int streams, int waiting, int chunk, int cacheTokens, KvType cache) {

    /** Sixteen streams. The memory of the cache is taken as it fills. */
    public static final Settings DEFAULT =
        new Settings(16, 256, Stepper.CHUNK, 16 * 2048, KvType.FLOAT32);

    /** Refuses numbers below 1. */
    public Settings {
      if (streams < 1 || waiting < 1 || chunk < 1 || cacheTokens < 1) {
        throw new GenerationException(
            "engine: %d streams, %d waiting, chunks of %d and a cache of %d tokens; give 1 or more of each"
                .formatted(streams, waiting, chunk, cacheTokens));
      }
    }
  }

  /**
   * How much there is to do.
   *
   * @param running texts that are being written
   * @param waiting requests that wait for their turn
   * @param usedPages pages of the cache that they hold
   */
  public record Load(int running, int waiting, int usedPages) {}

  private final LanguageModel model;
  private final Settings settings;
  private final Stepper stepper;
  private final Object lock = new Object();

  /** Guarded by the lock; those that were put back come first. */
  private final ArrayDeque<EnginePieces> waiting = new ArrayDeque<>();

  /** The engine thread's own, the oldest first. */
  private final List<EnginePieces> running = new ArrayList<>();

  private Load load = new Load(0, 0, 0);
  private boolean closing;
  private final Thread thread;

  private GenerationEngine(LanguageModel model, Settings settings) {
    this.model = model;
    this.settings = settings;
    var shape = PagePool.shape(model.decoder().config(), settings.cache);
    int pages = PagePool.pages(settings.cacheTokens);
    var pool = new PagePool(shape, model.decoder().device(), pages, pages);
    stepper = new Stepper(model.decoder(), model.tokenizer().vocabularySize(), pool);
    thread = Thread.ofPlatform().daemon().name("inkstone-engine").unstarted(this::run);
  }

  /** An engine that is ready for requests. */
  public static GenerationEngine of(LanguageModel model, Settings settings) {
    var engine = new GenerationEngine(model, settings);
    engine.thread.start();
    return engine;
  }

  /**
   * Hands in a request; the pieces can be asked for as they come.
   *
   * @throws GenerationException if the prompt leaves no room in the context or the cache, if too
   *     many requests wait already, or if this was closed
   */
  public Pieces generate(GenerationRequest request) {
    return submit(model.read(request.prompt()), request);
  }

  /**
   * The same for the assistant's next answer, see {@link LanguageModel#chat}.
   *
   * @throws GenerationException as {@link #generate}, or if the model has no chat template
   */
  public Pieces chat(Conversation conversation, ChatOptions options, GenerationRequest request) {
    return submit(model.read(conversation, options), request);
  }

  private Pieces submit(int[] prompt, GenerationRequest request) {
    int room = (int) Math.min(Integer.MAX_VALUE, (long) stepper.pool().most() * KvPage.TOKENS);
    var writing = model.begin(prompt, request, stepper.pool(), room);
    var pieces = new EnginePieces(writing, request.logprobs(), this::wake);
    synchronized (lock) {
      if (closing) {
        throw new GenerationException("the engine has been closed");
      }
      if (waiting.size() >= settings.waiting) {
        throw new GenerationException(
            "%d requests wait already; try again later, or let more wait"
                .formatted(waiting.size()));
      }
      waiting.add(pieces);
      lock.notifyAll();
    }
    return pieces;
  }

  /** How much there is to do, as of the last step. */
  public Load load() {
    synchronized (lock) {
      return new Load(load.running, waiting.size(), load.usedPages);
    }
  }

  private void wake() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        synchronized (stepper) {
          leave();
          join();
          step();
        }
      }
    } catch (Error e) { // memory is short, say: whoever waits must hear of it
      var failure = new GenerationException("the engine broke down: " + e, e);
      running.forEach(pieces -> pieces.writing().fail(failure));
      running.forEach(EnginePieces::deliver);
      throw e;
    } finally {
      end();
    }
  }

  /** Whether there is more to do; waits while there is nothing. */
  private boolean awaitWork() {
    synchronized (lock) {
      while (!closing && running.isEmpty() && waiting.isEmpty()) {
        load = new Load(0, 0, stepper.pool().used());
        try {
          lock.wait();
        } catch (InterruptedException e) {
          return false; // nobody but a dying program interrupts it
        }
      }
      load = new Load(running.size(), waiting.size(), stepper.pool().used());
      return !closing;
    }
  }

  /** Lets go of what has ended or is not wanted any more. */
  private void leave() {
    for (var all : List.<Iterable<EnginePieces>>of(running, waiting)) {
      synchronized (lock) {
        for (Iterator<EnginePieces> each = all.iterator(); each.hasNext(); ) {
          var pieces = each.next();
          if (pieces.isClosed() || pieces.writing().isOver()) {
            pieces.writing().close();
            pieces.end();
            each.remove();
          }
        }
      }
    }
  }

  /** Lets those in that waited longest, while there are pages for all they have. */
  private void join() {
    synchronized (lock) {
      while (running.size() < settings.streams && !waiting.isEmpty()) {
        int pages = PagePool.pages(waiting.getFirst().writing().count() + 1);
        if (!running.isEmpty() && stepper.pool().available() < pages + running.size()) {
          return;
        }
        running.add(waiting.remove());
        // Before its first piece can be seen, so that nobody sees a text that is not counted.
        load = new Load(running.size(), waiting.size(), load.usedPages);
      }
    }
  }

  private void step() {
    var shares = shares();
    if (!shares.isEmpty()) {
      stepper.step(shares);
    }
    running.forEach(EnginePieces::deliver);
  }

  /** One token of each text that is being written, then of prompts as much as fits a chunk. */
  private List<Stepper.Share> shares() {
    var shares = new ArrayList<Stepper.Share>();
    int left = settings.chunk;
    for (boolean decoding : new boolean[] {true, false}) {
      for (var pieces : List.copyOf(running)) {
        boolean wanted = running.contains(pieces) && decoding == (pieces.writing().pending() == 1);
        boolean taken = shares.stream().anyMatch(share -> share.writing() == pieces.writing());
        if (wanted && !taken && (decoding || left > 0)) {
          var share = share(pieces, decoding ? 1 : left, shares);
          left -= share.map(s -> s.ids().length).orElse(0);
          share.ifPresent(shares::add);
        }
      }
    }
    return shares;
  }

  /** What a text reads next; where pages are short, the youngest texts give theirs up for it. */
  private Optional<Stepper.Share> share(EnginePieces pieces, int most, List<Stepper.Share> shares) {
    try {
      while (true) {
        var share = pieces.writing().share(most);
        if (share.isPresent()) {
          return share;
        }
        var youngest = running.getLast();
        shares.removeIf(each -> each.writing() == youngest.writing());
        putBack(youngest);
        if (youngest == pieces) {
          return Optional.empty();
        }
      }
    } catch (RuntimeException e) {
      pieces.writing().fail(e);
      return Optional.empty();
    }
  }

  private void putBack(EnginePieces pieces) {
    running.remove(pieces);
    pieces.writing().close();
    synchronized (lock) {
      waiting.addFirst(pieces);
    }
  }

  private void end() {
    synchronized (stepper) {
      synchronized (lock) {
        closing = true;
        running.addAll(waiting);
        waiting.clear();
        load = new Load(0, 0, 0);
      }
      for (var pieces : running) {
        pieces.writing().close();
        pieces.end();
      }
      running.clear();
      stepper.close();
    }
  }

  /** Ends every text within one step, and frees the cache; the model stays the caller's. */
  @Override
  public void close() {
    synchronized (lock) {
      closing = true;
      lock.notifyAll();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
