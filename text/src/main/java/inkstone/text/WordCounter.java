package inkstone.text;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;

/** Counts the pieces of many documents with all processors. */
final class WordCounter {

  /** Documents are handed out in batches of at least this many characters. */
  private static final int BATCH = 1 << 18;

  private final Splitter splitter;
  private final List<String> special;
  private final Iterator<String> documents;

  private WordCounter(Splitter splitter, List<String> special, Iterator<String> documents) {
    this.splitter = splitter;
    this.special = special;
    this.documents = documents;
  }

  /**
   * Counts the pieces of all documents. A special token's name in a document ends a piece and is
   * not counted, so that no merge is learnt from it.
   */
  static WordCounts count(Splitter splitter, List<String> special, Iterable<String> documents) {
    var counter = new WordCounter(splitter, special, documents.iterator());
    var tasks = new ArrayList<ForkJoinTask<WordCounts>>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      tasks.add(ForkJoinPool.commonPool().submit(counter::work));
    }
    WordCounts total = tasks.removeFirst().join();
    tasks.forEach(task -> total.addAll(task.join()));
    return total;
  }

  private WordCounts work() {
    var counts = new WordCounts();
    var ends = new IntList(1 << 12);
    List<char[]> batch = nextBatch();
    while (!batch.isEmpty()) {
      for (char[] text : batch) {
        ends.clear();
        splitter.split(text, 0, text.length, ends);
        int start = 0;
        for (int i = 0; i < ends.size(); i++) {
          counts.add(text, start, ends.get(i), 1);
          start = ends.get(i);
        }
      }
      batch = nextBatch();
    }
    return counts;
  }

  /** Some texts that nobody else has; empty at the end. */
  private synchronized List<char[]> nextBatch() {
    var batch = new ArrayList<char[]>();
    int characters = 0;
    while (characters < BATCH && documents.hasNext()) {
      String document = documents.next();
      addWithoutSpecial(document, batch);
      characters += document.length();
    }
    return batch;
  }

  private void addWithoutSpecial(String document, List<char[]> parts) {
    int from = 0;
    while (from < document.length()) {
      int at = document.length();
      int next = at;
      for (String name : special) {
        int found = document.indexOf(name, from, at);
        if (found >= 0) {
          at = found;
          next = found + name.length();
        }
      }
      if (at > from) {
        parts.add(document.substring(from, at).toCharArray());
      }
      from = next;
    }
  }
}
