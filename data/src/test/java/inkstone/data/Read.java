package inkstone.data;

import java.util.ArrayList;
import java.util.List;

/** Helpers that read documents to the end. */
final class Read {
  private Read() {}

  static List<Document> all(Documents documents) {
    var list = new ArrayList<Document>();
    try (var reader = documents.open()) {
      reader.forEachRemaining(list::add);
    }
    return list;
  }

  static List<String> texts(Documents documents) {
    return all(documents).stream().map(Document::text).toList();
  }

  static String text(Documents documents) {
    return String.join("", texts(documents));
  }

  static List<Skipped> skips(Documents documents) {
    var skips = new ArrayList<Skipped>();
    try (var reader = documents.open(skips::add)) {
      reader.forEachRemaining(document -> {});
    }
    return skips;
  }

  /** Documents held in memory, all of one source. */
  static Documents of(List<String> texts) {
    return skips -> {
      var iterator = texts.iterator();
      return new LookAhead() {
        private int line;

        @Override
        @org.jspecify.annotations.Nullable
        Document advance() {
          return iterator.hasNext()
              ? new Document("memory:" + ++line, 0, iterator.next(), false)
              : null;
        }

        @Override
        public void close() {}
      };
    };
  }
}
