package inkstone.generate.constraint;

import inkstone.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the tokens of a vocabulary write, ready for masks. Building it takes some tens of
 * milliseconds for 50,000 tokens; one serves all constraints of a model.
 *
 * <p>Control tokens, the tokens that end a text and tokens of no bytes are not in it.
 */
public final class TokenBytes {

  private final Tokenizer tokenizer;
  private final List<Integer> end;
  private final TokenTrie inside;
  private final Optional<TokenTrie> first;

  private TokenBytes(Tokenizer tokenizer, List<Integer> end) {
    this.tokenizer = tokenizer;
    this.end = List.copyOf(end);
    var entries = new ArrayList<TokenTrie.Entry>();
    for (int id = 0; id < tokenizer.vocabularySize(); id++) {
      entries.add(new TokenTrie.Entry(id, inside(id)));
    }
    inside = trie(entries);
    first =
        entries.stream().filter(TokenBytes::spaced).findFirst().stream().anyMatch(this::drops)
            ? Optional.of(trie(entries.stream().map(TokenBytes::withoutSpace).toList()))
            : Optional.empty();
  }

  /**
   * The tokens of a tokenizer.
   *
   * @param end the tokens that end a text
   */
  public static TokenBytes of(Tokenizer tokenizer, List<Integer> end) {
    return new TokenBytes(tokenizer, end);
  }

  private TokenTrie trie(List<TokenTrie.Entry> entries) {
    return new TokenTrie(
        entries.stream().filter(entry -> entry.bytes().length > 0).toList(),
        tokenizer.vocabularySize());
  }

  private byte[] inside(int id) {
    return end.contains(id) ? new byte[0] : tokenizer.bytes(id);
  }

  private static boolean spaced(TokenTrie.Entry entry) {
    return entry.bytes().length > 1 && entry.bytes()[0] == ' ' && entry.bytes()[1] > ' ';
  }

  /** Whether a text that begins with this token begins without its space. */
  private boolean drops(TokenTrie.Entry entry) {
    var stream = tokenizer.stream(false);
    return !(stream.accept(entry.id()) + stream.finish()).startsWith(" ");
  }

  private static TokenTrie.Entry withoutSpace(TokenTrie.Entry entry) {
    var bytes = entry.bytes();
    return bytes.length > 0 && bytes[0] == ' '
        ? new TokenTrie.Entry(entry.id(), java.util.Arrays.copyOfRange(bytes, 1, bytes.length))
        : entry;
  }

  TokenTrie trie(boolean beginsText) {
    return beginsText ? first.orElse(inside) : inside;
  }

  byte[] bytes(int id, boolean beginsText) {
    var entry = new TokenTrie.Entry(id, inside(id));
    return (beginsText && first.isPresent() ? withoutSpace(entry) : entry).bytes();
  }

  List<Integer> end() {
    return end;
  }
}
