package inkstone.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One {@code decoder} of a {@code tokenizer.json}: a list of strings to another, as a stream. */
interface DecoderStep {

  /** Takes strings in order. */
  interface Sink {
    void accept(String token);

    /** Nothing more comes. */
    void end();
  }

  /**
   * A fresh stream of this step that hands its strings to {@code next}.
   *
   * @param continuing whether the first string is not the first of its text
   */
  Sink into(Sink next, boolean continuing);

  /** What a token becomes in the middle of a text. */
  String inside(String token);

  /** Whether all strings become one, of which {@link #into} hands on parts. */
  default boolean fuses() {
    return false;
  }

  /**
   * As {@link #into}, where the strings that come are parts of one; by default they are gathered
   * until the end.
   */
  default Sink intoFused(Sink next, boolean continuing) {
    Sink whole = into(next, continuing);
    var text = new StringBuilder();
    return new Sink() {
      @Override
      public void accept(String token) {
        text.append(token);
      }

      @Override
      public void end() {
        whole.accept(text.toString());
        whole.end();
      }
    };
  }

  /** Each string on its own. */
  interface Each extends DecoderStep {
    @Override
    default Sink into(Sink next, boolean continuing) {
      return new Sink() {
        @Override
        public void accept(String token) {
          next.accept(inside(token));
        }

        @Override
        public void end() {
          next.end();
        }
      };
    }
  }

  /** Each string on its own, but the first of a text in a way of its own. */
  interface FirstApart extends DecoderStep {
    String first(String token);

    @Override
    default Sink into(Sink next, boolean continuing) {
      return new Sink() {
        private boolean begun = continuing;

        @Override
        public void accept(String token) {
          next.accept(begun ? inside(token) : first(token));
          begun = true;
        }

        @Override
        public void end() {
          next.end();
        }
      };
    }
  }

  /**
   * Replaces what {@code pattern} matches.
   *
   * @param character whether the pattern is a single character, which no cut can part
   */
  record Replace(Pattern pattern, String content, boolean character) implements Each {
    @Override
    public String inside(String token) {
      return pattern.matcher(token).replaceAll(Matcher.quoteReplacement(content));
    }

    @Override
    public Sink intoFused(Sink next, boolean continuing) {
      return character ? into(next, continuing) : Each.super.intoFused(next, continuing);
    }
  }

  /** Joins everything to one string. */
  record Fuse() implements Each {
    @Override
    public String inside(String token) {
      return token;
    }

    @Override
    public boolean fuses() {
      return true;
    }

    @Override
    public Sink intoFused(Sink next, boolean continuing) {
      return into(next, continuing);
    }
  }

  /** Puts {@code separator} between the tokens, which is what happens without any decoder. */
  record Join(String separator) implements FirstApart {
    @Override
    public String first(String token) {
      return token;
    }

    @Override
    public String inside(String token) {
      return separator + token;
    }
  }

  /** The visible character becomes a space, and nothing in the first token of a text. */
  record Metaspace(String replacement, boolean prepended) implements FirstApart {
    @Override
    public String first(String token) {
      return token.replace(replacement, prepended ? "" : " ");
    }

    @Override
    public String inside(String token) {
      return token.replace(replacement, " ");
    }
  }

  /** A token without {@code prefix} begins a word; with {@code cleanup} as English is set. */
  record WordPiece(String prefix, boolean cleanup) implements FirstApart {
    @Override
    public String first(String token) {
      return cleanup ? clean(token) : token;
    }

    @Override
    public String inside(String token) {
      return first(token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token);
    }

    private static String clean(String token) {
      return token
          .replace(" .", ".")
          .replace(" ?", "?")
          .replace(" !", "!")
          .replace(" ,", ",")
          .replace(" ' ", "'")
          .replace(" n't", "n't")
          .replace(" 'm", "'m")
          .replace(" do not", " don't")
          .replace(" 's", "'s")
          .replace(" 've", "'ve")
          .replace(" 're", "'re");
    }
  }

  /** The end of a word becomes a space, and nothing at the end of the text. */
  record WordEnds(String suffix) implements DecoderStep {
    @Override
    public String inside(String token) {
      return token.replace(suffix, " ");
    }

    @Override
    public Sink into(Sink next, boolean continuing) {
      return new Sink() {
        private String held = "";
        private boolean holds;

        @Override
        public void accept(String token) {
          if (holds) {
            next.accept(inside(held));
          }
          held = token;
          holds = true;
        }

        @Override
        public void end() {
          if (holds) {
            next.accept(held.replace(suffix, ""));
          }
          next.end();
        }
      };
    }
  }
}
