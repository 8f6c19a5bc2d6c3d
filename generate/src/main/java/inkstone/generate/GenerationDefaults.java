package inkstone.generate;

import inkstone.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a model says about its generation: {@code generation_config.json} of its directory.
 *
 * @param begin the token put before every prompt ({@code bos_token_id}); empty where none is
 * @param end the tokens that end a text ({@code eos_token_id})
 * @param sampling what a request that leaves it unsaid gets
 */
public record GenerationDefaults(OptionalInt begin, List<Integer> end, Sampling sampling) {

  /** Where the model does not say either: temperature 0.8 and no filter. */
  public static final Sampling SAMPLING = new Sampling(0.8, 0, 1, 0, 1);

  /** Copies the list. */
  public GenerationDefaults {
    end = List.copyOf(end);
  }

  /** Those of a model whose documents begin and end with one token, as GPT-2's do. */
  public static GenerationDefaults documents(int endOfText) {
    return new GenerationDefaults(OptionalInt.of(endOfText), List.of(endOfText), SAMPLING);
  }

  /**
   * Reads {@code generation_config.json} or, for what is not there, the token ids of {@code
   * config.json}. Prompts begin with a token only where {@code tokenizer_config.json} says {@code
   * "add_bos_token": true}, as in Transformers, so that both go on from a prompt alike; {@code
   * "do_sample": false} means greedy choice.
   *
   * @throws ModelException if a file is not JSON or a value is none that can be used
   */
  public static GenerationDefaults read(Path directory) {
    var generation = new Source(directory.resolve("generation_config.json"));
    var config = new Source(directory.resolve("config.json"));
    var tokenizer = new Source(directory.resolve("tokenizer_config.json"));
    var begin = (generation.has("bos_token_id") ? generation : config).ids("bos_token_id");
    var end = (generation.has("eos_token_id") ? generation : config).ids("eos_token_id");
    boolean prefixed = tokenizer.flag("add_bos_token", false) && !begin.isEmpty();
    return new GenerationDefaults(
        prefixed ? OptionalInt.of(begin.getFirst()) : OptionalInt.empty(),
        end,
        generation.sampling());
  }

  /**
   * Writes {@code generation_config.json}, beside and renamed.
   *
   * @throws ModelException if that fails
   */
  void write(Path directory) {
    var json = Source.JSON.createObjectNode();
    begin.ifPresent(id -> json.put("bos_token_id", id));
    if (end.size() == 1) {
      json.put("eos_token_id", end.getFirst());
    } else if (!end.isEmpty()) {
      end.forEach(json.putArray("eos_token_id")::add);
    }
    if (!sampling.equals(SAMPLING)) {
      json.put("do_sample", sampling.temperature() > 0);
      json.put("temperature", sampling.temperature());
      json.put("top_k", sampling.topK());
      json.put("top_p", sampling.topP());
      json.put("min_p", sampling.minP());
      json.put("repetition_penalty", sampling.repetitionPenalty());
    }
    var file = directory.resolve("generation_config.json");
    var beside = directory.resolve("generation_config.json.new");
    try {
      Files.writeString(
          beside, Source.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new ModelException("%s cannot be written: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** A JSON file, taken as {@code {}} where it is absent. */
  private record Source(Path file, JsonNode json) {

    private static final JsonMapper JSON = new JsonMapper();

    Source(Path file) {
      this(file, parse(file));
    }

    private static JsonNode parse(Path file) {
      if (!Files.exists(file)) {
        return JSON.createObjectNode();
      }
      try {
        return JSON.readTree(file.toFile());
      } catch (JacksonException e) {
        throw new ModelException(
            "%s is not JSON (%s); copy the model again".formatted(file, e.getOriginalMessage()), e);
      }
    }

    boolean has(String key) {
      return json.has(key) && !json.get(key).isNull();
    }

    List<Integer> ids(String key) {
      var ids = new ArrayList<Integer>();
      if (has(key)) {
        var value = json.get(key);
        for (var id : value.isArray() ? value : List.of(value)) {
          if (!id.isIntegralNumber() || !id.canConvertToInt() || id.asInt() < 0) {
            throw wrong(key, "a token id or a list of them");
          }
          ids.add(id.asInt());
        }
      }
      return ids;
    }

    boolean flag(String key, boolean otherwise) {
      if (has(key) && !json.get(key).isBoolean()) {
        throw wrong(key, "true or false");
      }
      return has(key) ? json.get(key).asBoolean() : otherwise;
    }

    double number(String key, double otherwise) {
      if (has(key) && !json.get(key).isNumber()) {
        throw wrong(key, "a number");
      }
      return has(key) ? json.get(key).asDouble() : otherwise;
    }

    Sampling sampling() {
      if (!flag("do_sample", true)) {
        return Sampling.GREEDY;
      }
      try {
        return new Sampling(
            number("temperature", SAMPLING.temperature()),
            (int) number("top_k", SAMPLING.topK()),
            number("top_p", SAMPLING.topP()),
            number("min_p", SAMPLING.minP()),
            number("repetition_penalty", SAMPLING.repetitionPenalty()));
      } catch (GenerationException e) {
        throw new ModelException(file + ": " + e.getMessage(), e);
      }
    }

    private ModelException wrong(String key, String expected) {
      return new ModelException(
          "%s: %s must be %s, but is %s".formatted(file, key, expected, json.get(key)));
    }
  }
}
