package inkstone.words;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds words whatever the case of their letters; of several, the most frequent. */
final class Folded {

  private final Map<String, Integer> places;
  private final String[] names;

  Folded(WordVectors vectors, int first) {
    places = HashMap.newHashMap(first);
    names = new String[first];
    for (int i = 0; i < first; i++) {
      names[i] = fold(vectors.words().get(i));
      places.putIfAbsent(names[i], i);
    }
  }

  Optional<Integer> place(String word) {
    return Optional.ofNullable(places.get(fold(word)));
  }

  /** Whether the word at a place is another way to write a word at another. */
  boolean same(int place, int other) {
    return names[place].equals(names[other]);
  }

  private static String fold(String word) {
    return word.toUpperCase(Locale.ROOT);
  }
}
