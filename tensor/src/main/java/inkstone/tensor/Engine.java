package inkstone.tensor;

import java.io.IOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** Loads libtorch once, and says in plain words when that cannot be done. */
public final class Engine {

  private static final String VERSION = start();

  private Engine() {}

  /** Makes sure that libtorch is loaded; {@link TensorException} where there is none. */
  static void load() {
    if (VERSION.isEmpty()) {
      throw new AssertionError("libtorch has no version");
    }
  }

  /** The engine's name and version, for example {@code libtorch 2.10.0}. */
  public static String version() {
    return VERSION;
  }

  /**
   * Lets the operation that runs end, and holds every thread that begins another, for good. For a
   * process that is about to exit: libtorch takes itself apart then, and an operation that still
   * runs would crash.
   */
  public static void stop() {
    Native.stop();
  }

  /** The number of threads that one operation may use. */
  public static int threads() {
    return torch.get_num_threads();
  }

  /** Sets the number of threads that one operation may use, 1 or more. */
  public static void threads(int count) {
    if (count < 1) {
      throw new TensorException(
          "threads: " + count + " is not a number of threads; give 1 or more");
    }
    torch.set_num_threads(count);
  }

  private static String start() {
    // JavaCPP compares the resident memory of the whole process, model included, with the Java
    // heap's limit and would throw OutOfMemoryError for a large model on a small heap.
    System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
    System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
    ThreadPools.letWaitingThreadsSleep();
    try {
      Loader.load(torch.class);
      return "libtorch " + Loader.getVersion("org.bytedeco", "pytorch").replaceAll("-.*", "");
    } catch (IOException e) {
      return "libtorch (unknown version)";
    } catch (LinkageError e) {
      throw new TensorException(
          "no native libraries of libtorch for this platform ("
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + "): linux-x86_64, macosx-arm64 and windows-x86_64 have them; on the module path add"
              + " --add-modules ALL-MODULE-PATH. Cause: "
              + e.getMessage(),
          e);
    }
  }
}
