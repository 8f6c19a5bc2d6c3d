package inkstone.train;

import inkstone.journal.Event;
import inkstone.model.Encoder;
import inkstone.model.EncoderHead;
import inkstone.model.Sequences;
import java.util.List;
import java.util.function.Consumer;

/** What an encoder is taught, with the examples at hand. */
interface EncoderTask {

  /** Reads the examples of a recipe. */
  static EncoderTask of(EncoderRecipe recipe, Consumer<Event> events) {
    return switch (recipe.task()) {
      case masked_language -> new Masked(recipe, EncoderMaterial.read(recipe, events), events);
      case classification -> {
        var material = EncoderMaterial.read(recipe, events);
        yield new Classified(recipe, material, material.labels(), events);
      }
      case token_labels -> new Tokens(recipe, TaggedMaterial.read(recipe, events), events);
    };
  }

  /** The head that it needs. */
  EncoderHead head();

  /** The text to learn a vocabulary from. */
  List<String> texts();

  /** What teaches that network. */
  Course course(Encoder encoder, Sequences sequences);

  /** To guess hidden tokens. */
  record Masked(EncoderRecipe recipe, EncoderMaterial material, Consumer<Event> events)
      implements EncoderTask {
    @Override
    public EncoderHead head() {
      return new EncoderHead.MaskedLanguage();
    }

    @Override
    public List<String> texts() {
      return material.texts();
    }

    @Override
    public Course course(Encoder encoder, Sequences sequences) {
      return new MaskedCourse(recipe, material, sequences, encoder, events);
    }
  }

  /** To say which label a text has. */
  record Classified(
      EncoderRecipe recipe, EncoderMaterial material, List<String> labels, Consumer<Event> events)
      implements EncoderTask {
    @Override
    public EncoderHead head() {
      return new EncoderHead.Classification(labels);
    }

    @Override
    public List<String> texts() {
      return material.texts();
    }

    @Override
    public Course course(Encoder encoder, Sequences sequences) {
      return new ClassificationCourse(recipe, material, sequences, encoder, events);
    }
  }

  /** To say which label each word has. */
  record Tokens(EncoderRecipe recipe, TaggedMaterial material, Consumer<Event> events)
      implements EncoderTask {
    @Override
    public EncoderHead head() {
      return new EncoderHead.TokenLabels(material.labels());
    }

    @Override
    public List<String> texts() {
      return material.training().stream().map(t -> String.join(" ", t.words())).toList();
    }

    @Override
    public Course course(Encoder encoder, Sequences sequences) {
      return new TokenCourse(recipe, material, sequences, encoder, events);
    }
  }
}
