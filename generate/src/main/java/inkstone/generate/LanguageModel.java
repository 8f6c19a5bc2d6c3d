package inkstone.generate;

import inkstone.generate.constraint.Guide;
import inkstone.model.Decoder;
import inkstone.model.GgufModel;
import inkstone.model.ModelDirectory;
import inkstone.model.ModelException;
import inkstone.model.WeightScheme;
import inkstone.tensor.GgufType;
import inkstone.tensor.KvType;
import inkstone.tensor.QuantizedMatrix;
import inkstone.text.ChatOptions;
import inkstone.text.ChatTemplate;
import inkstone.text.Conversation;
import inkstone.text.GgufVocabulary;
import inkstone.text.Tokenizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A network that writes, with its tokenizer and its defaults. It holds the network's memory until
 * it is closed, and is used by one thread at a time.
 *
 * <pre>{@code
 * try (var model = LanguageModel.open(Path.of("runs/first/model"));
 *     var pieces = model.generate(GenerationRequest.of("Once upon a time").seed(7))) {
 *   pieces.forEach(piece -> System.out.print(piece.text()));
 * }
 * }</pre>
 */
public final class LanguageModel implements AutoCloseable {

  /** What is kept of texts that have ended, so that the next ones that begin alike read less. */
  private static final long KEPT_BYTES = 512L << 20;

  private final Decoder decoder;
  private final Tokenizer tokenizer;
  private final GenerationDefaults defaults;
  private final Optional<ChatTemplate> template;
  private final Stepper stepper;
  private final Guides guides;

  private LanguageModel(
      Decoder decoder,
      Tokenizer tokenizer,
      GenerationDefaults defaults,
      Optional<ChatTemplate> template,
      Stepper stepper) {
    this.decoder = decoder;
    this.tokenizer = tokenizer;
    this.defaults = defaults;
    this.template = template;
    this.stepper = stepper;
    guides = new Guides(tokenizer, defaults.end());
  }

  /**
   * The model of a Hugging Face directory, of a GGUF file, or of llama2.c's {@code .bin} files.
   *
   * @throws ModelException if a file of the network is missing, cut or corrupted
   * @throws inkstone.text.TokenizerException if one of the tokenizer is
   * @throws inkstone.text.TemplateException if the chat template is
   */
  public static LanguageModel open(Path path) {
    return open(path, QuantizedMatrix.isFast());
  }

  /**
   * The same with all weights as numbers of 32 bits, also where a file has quantised ones: larger
   * and slower, but without the error of {@linkplain inkstone.tensor.Functions#linear(
   * inkstone.tensor.Tensor, java.util.List, Optional) their products}, and open to training.
   */
  public static LanguageModel widened(Path path) {
    return open(path, false);
  }

  private static LanguageModel open(Path path, boolean blocks) {
    var parts = ModelParts.open(path, blocks);
    try {
      var model = of(parts.decoder(), parts.tokenizer(), parts.defaults());
      return parts.template().map(model::template).orElse(model);
    } catch (RuntimeException e) {
      parts.decoder().close();
      throw e;
    }
  }

  /**
   * Writes a Hugging Face directory that {@link #open} and Transformers open; weights are float32.
   *
   * @throws ModelException if that fails
   */
  public void save(Path directory) {
    ModelDirectory.save(directory, decoder, endOfText());
    saveText(directory);
  }

  /**
   * The same with the weights of linear layers rounded; Transformers then needs the Python package
   * {@code compressed-tensors}.
   *
   * @throws ModelException if that fails, see {@link ModelDirectory#save(Path, Decoder,
   *     OptionalInt, WeightScheme)}
   */
  public void save(Path directory, WeightScheme scheme) {
    ModelDirectory.save(directory, decoder, endOfText(), scheme);
    saveText(directory);
  }

  private void saveText(Path directory) {
    tokenizer.save(directory);
    defaults.write(directory);
    template.ifPresent(t -> t.save(directory));
  }

  private OptionalInt endOfText() {
    return defaults.end().isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(defaults.end().getFirst());
  }

  /**
   * Writes a GGUF file that {@link #open} and llama.cpp open.
   *
   * @param type of the matrices, see {@link GgufModel#save}
   * @throws ModelException if the network cannot be written so, or writing fails
   * @throws inkstone.text.TokenizerException if llama.cpp has no such tokenizer
   */
  public void saveGguf(Path file, GgufType type) {
    var metadata = new LinkedHashMap<>(GgufVocabulary.of(tokenizer, decoder.config().vocabulary()));
    metadata.putAll(GgufDefaults.of(defaults));
    var first = begin();
    if (first.length == 1) {
      metadata.put("tokenizer.ggml.bos_token_id", (long) first[0]);
      metadata.put("tokenizer.ggml.add_bos_token", true);
    }
    template.ifPresent(t -> metadata.put("tokenizer.chat_template", t.source()));
    GgufModel.save(file, decoder, type, metadata);
  }

  /**
   * A model of these parts; the network belongs to it from now on.
   *
   * @throws ModelException if the parts do not fit each other
   */
  public static LanguageModel of(
      Decoder decoder, Tokenizer tokenizer, GenerationDefaults defaults) {
    int known = decoder.config().vocabulary();
    if (tokenizer.vocabularySize() > known) {
      throw new ModelException(
          "the tokenizer has %d tokens, but the network only %d: they are not of one model"
              .formatted(tokenizer.vocabularySize(), known));
    }
    IntStream.concat(defaults.begin().stream(), defaults.end().stream().mapToInt(Integer::intValue))
        .filter(id -> id < 0 || id >= known)
        .findAny()
        .ifPresent(
            id -> {
              throw new ModelException(
                  "bos_token_id or eos_token_id %d is outside the network's %d tokens"
                      .formatted(id, known));
            });
    var stepper = stepper(decoder, tokenizer, KvType.FLOAT32);
    return new LanguageModel(decoder, tokenizer, defaults, Optional.empty(), stepper);
  }

  private static Stepper stepper(Decoder decoder, Tokenizer tokenizer, KvType type) {
    var shape = PagePool.shape(decoder.config(), type);
    int kept = (int) Math.clamp(KEPT_BYTES / shape.bytes(), 1, Integer.MAX_VALUE);
    var pool = new PagePool(shape, decoder.device(), Integer.MAX_VALUE, kept);
    return new Stepper(decoder, tokenizer.vocabularySize(), pool);
  }

  /**
   * This model with keys and values kept in another way; float32 where nothing is said. The network
   * belongs to the result from now on.
   */
  public LanguageModel cache(KvType type) {
    stepper.close();
    return new LanguageModel(
        decoder, tokenizer, defaults, template, stepper(decoder, tokenizer, type));
  }

  /** This model with another chat template; the network belongs to the result from now on. */
  public LanguageModel template(ChatTemplate other) {
    return new LanguageModel(decoder, tokenizer, defaults, Optional.of(other), stepper);
  }

  /** The network. */
  public Decoder decoder() {
    return decoder;
  }

  /** The tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** What requests get that leave it unsaid. */
  public GenerationDefaults defaults() {
    return defaults;
  }

  /** How the model wants a conversation written; empty for one that only goes on with a text. */
  public Optional<ChatTemplate> template() {
    return template;
  }

  /**
   * Begins the assistant's next answer; as {@link #generate}, but for the prompt, which the model's
   * chat template makes of the conversation. Nothing that a message holds becomes a control token.
   *
   * @param request how to write; its prompt is not used
   * @throws GenerationException if the model has no chat template, or the conversation leaves no
   *     room in its context
   * @throws inkstone.text.TemplateException if the template refuses the messages
   */
  public Pieces chat(Conversation conversation, ChatOptions options, GenerationRequest request) {
    return write(read(conversation, options), request);
  }

  /** The tokens of a conversation. */
  int[] read(Conversation conversation, ChatOptions options) {
    var rendered =
        template
            .orElseThrow(
                () ->
                    new GenerationException(
                        "the model has no chat template; give one, or go on from a plain prompt"))
            .render(conversation, options);
    return tokenizer.encodeTemplate(rendered.spans());
  }

  /**
   * Begins to write; nothing is computed before the first piece is asked for. What the prompt has
   * in common with earlier texts is not read again. The pieces are closed before the model is.
   *
   * @throws GenerationException if the prompt leaves no room in the model's context, or is empty
   *     where the model has no token to begin a text with
   */
  public Pieces generate(GenerationRequest request) {
    return write(read(request.prompt()), request);
  }

  /**
   * The likeliest texts that a beam search finds, the best one first.
   *
   * @throws GenerationException if the prompt leaves no room in the model's context, or is empty
   *     where the model has no token to begin a text with
   */
  public List<BeamSearch.Beam> search(String prompt, BeamSearch search) {
    var ids = read(prompt);
    int room = decoder.config().context() - ids.length;
    checkRoom(ids, decoder.config().context(), "context");
    var within =
        new BeamSearch(
            search.width(),
            Math.min(search.maxTokens(), room),
            search.lengthPenalty(),
            search.stopping());
    synchronized (stepper) {
      try (var steps = new DecoderSteps(stepper, ids)) {
        return within.run(steps, defaults.end());
      }
    }
  }

  /** The words of a text that {@link #search} found after {@code prompt}. */
  public String text(String prompt, BeamSearch.Beam beam) {
    var stream = tokenizer.stream(!prompt.isEmpty());
    var text = new StringBuilder();
    beam.tokens().forEach(id -> text.append(stream.accept(id)));
    return text.append(stream.finish()).toString();
  }

  private Pieces write(int[] prompt, GenerationRequest request) {
    var writing = begin(prompt, request, stepper.pool(), Integer.MAX_VALUE);
    return new DirectPieces(stepper, writing, request.logprobs());
  }

  /** The network with its cache. */
  Stepper stepper() {
    return stepper;
  }

  /**
   * A text that has not begun.
   *
   * @param room the most tokens that the cache holds of it
   * @throws GenerationException if the prompt leaves no room, or is empty
   */
  Writing begin(int[] prompt, GenerationRequest request, PagePool pool, int room) {
    if (prompt.length == 0) {
      throw new GenerationException("the conversation comes to an empty text; say something");
    }
    int most = Math.min(decoder.config().context(), room);
    checkRoom(prompt, most, most == room ? "cache" : "context");
    return new Writing(this, pool, request, sampling(request), prompt, most);
  }

  private static void checkRoom(int[] prompt, int most, String what) {
    if (prompt.length >= most) {
      throw new GenerationException(
          "the prompt has %d tokens and the model's %s holds %d, prompt and text together;"
                  .formatted(prompt.length, what, most)
              + " shorten the prompt to at most %d tokens".formatted(most - 1));
    }
  }

  /** The tokens of a prompt, as plain text, after those that begin a text. */
  int[] read(String prompt) {
    var ids = tokenizer.encode(prompt);
    var first = begin();
    if (ids.length == 0 && first.length == 0 && !defaults.end().isEmpty()) {
      first = new int[] {defaults.end().getFirst()};
    }
    if (ids.length == 0 && first.length == 0) {
      throw new GenerationException(
          "the prompt is empty, and the model names no token to begin a text with; give some text");
    }
    return IntStream.concat(IntStream.of(first), IntStream.of(ids)).toArray();
  }

  /** What the configuration asks for, else what the tokenizer puts before every text. */
  private int[] begin() {
    return defaults.begin().isPresent()
        ? defaults.begin().stream().toArray()
        : tokenizer.postProcessor().begin();
  }

  /** Where the text of a request may go; empty where it is free. */
  Optional<Guide> guide(GenerationRequest request) {
    return request.constraint().map(c -> guides.start(c, !request.prompt().isEmpty()));
  }

  private Sampling sampling(GenerationRequest request) {
    var otherwise = defaults.sampling();
    return new Sampling(
        request.temperature().orElse(otherwise.temperature()),
        request.topK().orElse(otherwise.topK()),
        request.topP().orElse(otherwise.topP()),
        request.minP().orElse(otherwise.minP()),
        request.repetitionPenalty().orElse(otherwise.repetitionPenalty()));
  }

  /** Frees the network, and what was kept of texts. */
  @Override
  public void close() {
    stepper.close();
    decoder.close();
  }
}
