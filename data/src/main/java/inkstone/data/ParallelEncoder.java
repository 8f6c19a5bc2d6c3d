package inkstone.data;

import inkstone.text.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Encodes documents with all cores and gives them back in order. Never holds more than a few
 * handfuls of them.
 */
final class ParallelEncoder implements Iterator<ParallelEncoder.Encoded>, AutoCloseable {

  /** Characters that make a piece of work worth handing over. */
  private static final int WORK = 1 << 18;

  private final Documents.Reader reader;
  private final Tokenizer tokenizer;
  private final int threads = Runtime.getRuntime().availableProcessors();
  private final ExecutorService executor = Executors.newFixedThreadPool(threads);
  private final ArrayDeque<Future<List<Encoded>>> ahead = new ArrayDeque<>();
  private Iterator<Encoded> ready = List.<Encoded>of().iterator();

  /** The ids of a document, or of a part of one. */
  record Encoded(int[] ids, boolean continues) {}

  ParallelEncoder(Documents.Reader reader, Tokenizer tokenizer) {
    this.reader = reader;
    this.tokenizer = tokenizer;
  }

  @Override
  public boolean hasNext() {
    while (!ready.hasNext()) {
      while (ahead.size() <= 2 * threads && reader.hasNext()) {
        var work = work();
        ahead.add(executor.submit(() -> encode(work)));
      }
      if (ahead.isEmpty()) {
        return false;
      }
      ready = await(ahead.remove()).iterator();
    }
    return true;
  }

  @Override
  public Encoded next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no document is left");
    }
    return ready.next();
  }

  private List<Document> work() {
    var work = new ArrayList<Document>();
    for (long length = 0; length < WORK && reader.hasNext(); ) {
      var document = reader.next();
      work.add(document);
      length += document.text().length();
    }
    return work;
  }

  private List<Encoded> encode(List<Document> work) {
    return work.stream()
        .map(document -> new Encoded(tokenizer.encode(document.text()), document.continues()))
        .toList();
  }

  private static List<Encoded> await(Future<List<Encoded>> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while encoding", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
    reader.close();
  }
}
