package inkstone.text;

import java.util.Locale;
import java.util.Optional;

/**
 * How a sentence is written before it becomes tokens.
 *
 * @param language its code, for example {@code de}
 * @param moses whether punctuation is normalised and words are cut as Moses does; only for the
 *     languages of {@link MosesLanguage}
 * @param lowercase whether capitals are given up
 */
public record SentenceForm(String language, boolean moses, boolean lowercase) {

  /** Refuses a language that Moses's rules are not here for. */
  public SentenceForm {
    if (moses) {
      MosesLanguage.of(language);
    }
  }

  private Optional<MosesLanguage> rules() {
    return moses ? Optional.of(MosesLanguage.of(language)) : Optional.empty();
  }

  /** The sentence as words with a space between them; as it is, without Moses. */
  public String words(String sentence) {
    var words =
        rules()
            .map(
                rules ->
                    new MosesTokenizer(rules, false)
                        .line(new MosesPunctuation(rules).normalize(sentence)))
            .orElseGet(sentence::strip);
    return lowercase ? words.toLowerCase(Locale.ROOT) : words;
  }

  /**
   * What a tokenizer reads: the words behind a space where Moses cut them, so that the first is
   * written as the others are.
   */
  public String written(String sentence) {
    return moses ? " " + words(sentence) : words(sentence);
  }

  /** The words that a tokenizer's text is of; the reverse of {@link #written}. */
  public String wordsOf(String text) {
    return text.strip();
  }

  /** The sentence of words. */
  public String sentence(String words) {
    return rules().map(rules -> new MosesDetokenizer(rules).detokenize(words)).orElse(words);
  }
}
