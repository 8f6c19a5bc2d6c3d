package inkstone.model;

import inkstone.tensor.KvPage;
import java.util.List;

/**
 * Where attention keeps the keys and values of the tokens that a sequence has seen. Who makes a
 * cache decides where its memory lies, who shares it and when it goes.
 */
@FunctionalInterface
public interface KvCache {

  /**
   * The pages of a sequence: those of the tokens that it has seen, and room for more.
   *
   * @param sequence the number that the batch gave the sequence
   * @param tokens how many they must have room for, those of the batch among them
   */
  List<KvPage> pages(int sequence, int tokens);
}
