package inkstone.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decoder steps over the written forms of tokens. Decoding all at once is decoding as a stream, so
 * that both give the same text.
 */
final class ChainDecoding implements Decoding {

  private final @Nullable String[] names;
  private final List<DecoderStep> steps;

  /**
   * @param names the written form of each id; null for one that gives nothing, as a special token
   */
  ChainDecoding(@Nullable String[] names, List<DecoderStep> steps) {
    this.names = names;
    this.steps = List.copyOf(steps);
  }

  private @Nullable String name(int id) {
    Decoding.check(id, names.length);
    return names[id];
  }

  @Override
  public String decode(int[] ids) {
    var text = new StringBuilder(ids.length * 4);
    DecoderStep.Sink chain = chain(text, false);
    for (int id : ids) {
      String name = name(id);
      if (name != null) {
        chain.accept(name);
      }
    }
    chain.end();
    return text.toString();
  }

  @Override
  public byte[] bytes(int id) {
    String token = name(id);
    if (token == null) {
      return new byte[0];
    }
    for (DecoderStep step : steps) {
      if (step instanceof ByteLevelStep) {
        return ByteLevelStep.bytes(token);
      }
      int value = step instanceof ByteFallbackStep ? ByteFallbackStep.byteOf(token) : -1;
      if (value >= 0) {
        return new byte[] {(byte) value};
      }
      token = step.inside(token);
    }
    return token.getBytes(UTF_8);
  }

  @Override
  public TextStream stream(boolean continuing) {
    var text = new StringBuilder();
    DecoderStep.Sink chain = chain(text, continuing);
    return new TextStream() {
      @Override
      public String accept(int id) {
        String name = name(id);
        if (name != null) {
          chain.accept(name);
        }
        return take();
      }

      @Override
      public String finish() {
        chain.end();
        return take();
      }

      private String take() {
        String certain = text.toString();
        text.setLength(0);
        return certain;
      }
    };
  }

  private DecoderStep.Sink chain(StringBuilder text, boolean continuing) {
    int fused = 0;
    while (fused < steps.size() && !steps.get(fused).fuses()) {
      fused++;
    }
    DecoderStep.Sink chain = appending(text);
    for (int i = steps.size() - 1; i >= 0; i--) {
      DecoderStep step = steps.get(i);
      chain = i > fused ? step.intoFused(chain, continuing) : step.into(chain, continuing);
    }
    return chain;
  }

  private static DecoderStep.Sink appending(StringBuilder text) {
    return new DecoderStep.Sink() {
      @Override
      public void accept(String token) {
        text.append(token);
      }

      @Override
      public void end() {}
    };
  }

  @Override
  public int size() {
    return names.length;
  }
}
