package consumer;

import inkstone.tensor.DType;

/**
 * What a team does with Inkstone. Prints how many of its checks passed; fails loudly where one did
 * not.
 */
public final class Consumer {

  private static int passed;
  private static int failed;

  public static void main(String[] args) {
    check("float32 is there", DType.valueOf("FLOAT32") == DType.FLOAT32);
    check("every room is there", roomsFound() == 8);

    System.out.println("consumer: " + passed + " passed, " + failed + " failed");
    System.exit(failed == 0 ? 0 : 1);
  }

  private static long roomsFound() {
    return java.util.stream.Stream.of(
            "tensor.DType",
            "text.Tokenizer",
            "journal.Event",
            "model.AttentionPattern",
            "data.Document",
            "generate.FinishReason",
            "evaluate.Baseline",
            "train.Objective")
        .filter(name -> isThere("inkstone." + name))
        .count();
  }

  private static boolean isThere(String name) {
    try {
      Class.forName(name);
      return true;
    } catch (ClassNotFoundException e) {
      System.out.println("missing: " + name);
      return false;
    }
  }

  private static void check(String what, boolean good) {
    System.out.println((good ? "ok   " : "FAIL ") + what);
    if (good) {
      passed++;
    } else {
      failed++;
    }
  }
}
