package inkstone.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Finds added tokens in text: the leftmost, and of those the longest. */
final class AddedTokens {

  /** One found token: {@code text[start, end)} is {@code token}. */
  record Match(int start, int end, AddedToken token) {}

  /** Says whether {@code text[start, end)} may be the special token that it reads as. */
  interface Trust {
    boolean covers(int start, int end);
  }

  private final Map<Character, List<AddedToken>> byFirst = new HashMap<>();
  private final boolean anyPlain;

  AddedTokens(List<AddedToken> tokens) {
    for (AddedToken token : tokens) {
      byFirst.computeIfAbsent(token.content().charAt(0), c -> new ArrayList<>()).add(token);
    }
    byFirst
        .values()
        .forEach(list -> list.sort(Comparator.comparing((AddedToken t) -> -t.content().length())));
    anyPlain = tokens.stream().anyMatch(Predicate.not(AddedToken::special));
  }

  /** Whether plain text, in which no special token counts, can hold any of these. */
  boolean inPlainText() {
    return anyPlain;
  }

  /** All matches in order; none overlaps another. */
  List<Match> find(String text, Trust trust) {
    var matches = new ArrayList<Match>();
    if (byFirst.isEmpty()) {
      return matches;
    }
    int floor = 0;
    for (int at = 0; at < text.length(); ) {
      AddedToken token = at(text, at, trust);
      if (token == null) {
        at++;
        continue;
      }
      int start = at;
      int end = at + token.content().length();
      while (token.stripLeft() && start > floor && isSpace(text.charAt(start - 1))) {
        start--;
      }
      while (token.stripRight() && end < text.length() && isSpace(text.charAt(end))) {
        end++;
      }
      matches.add(new Match(start, end, token));
      at = end;
      floor = end;
    }
    return matches;
  }

  private @org.jspecify.annotations.Nullable AddedToken at(String text, int at, Trust trust) {
    List<AddedToken> candidates = byFirst.get(text.charAt(at));
    if (candidates == null) {
      return null;
    }
    for (AddedToken token : candidates) {
      int end = at + token.content().length();
      if (text.startsWith(token.content(), at)
          && (!token.special() || trust.covers(at, end))
          && (!token.singleWord() || standsAlone(text, at, end))) {
        return token;
      }
    }
    return null;
  }

  private static boolean standsAlone(String text, int start, int end) {
    IntPredicate word = c -> Character.isLetterOrDigit(c) || c == '_';
    return !(start > 0 && word.test(text.codePointBefore(start)))
        && !(end < text.length() && word.test(text.codePointAt(end)));
  }

  private static boolean isSpace(char c) {
    return CharacterClass.ofUnit(c) == CharacterClass.SPACE;
  }
}
