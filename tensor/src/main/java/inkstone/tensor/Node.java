package inkstone.tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * One recorded operation. The record is cut after each: its result is handed on as a leaf of its
 * own, whose gradient gathers there, and backward goes from node to node in the reverse order of
 * their making. So an operation may bring a backward of its own, and libtorch's serves the rest; on
 * which thread it runs does not matter.
 *
 * <p>What a node holds is freed by backward, or with the outermost scope that was open when it was
 * made.
 */
final class Node implements AutoCloseable {

  private static final AtomicLong NUMBERS = new AtomicLong();

  private final long number = NUMBERS.incrementAndGet();
  private final List<Node> before = new ArrayList<>();
  private final org.bytedeco.pytorch.Tensor leaf;
  private final Set<Node> owner;
  private @Nullable Operation operation;

  /**
   * Remembers that {@code operation} made {@code leaf} of the inputs.
   *
   * @param leaf asks for a gradient
   */
  Node(org.bytedeco.pytorch.Tensor leaf, Operation operation, Tensor... inputs) {
    this.leaf = operation.hold(leaf);
    this.operation = operation;
    for (var input : inputs) {
      if (input.node() != null) {
        before.add(input.node());
      }
    }
    owner = Scope.adopt(this);
  }

  /** Computes the gradients of all that led here, from the gradient of this node's result. */
  void backward(org.bytedeco.pytorch.Tensor gradient) {
    var ready = new PriorityQueue<Node>(Comparator.comparingLong(node -> -node.number));
    var seen = new HashSet<Node>();
    Operation.add(leaf, gradient);
    ready.add(this);
    while (!ready.isEmpty()) {
      var node = ready.remove();
      node.before.stream().filter(seen::add).forEach(ready::add);
      node.step();
    }
  }

  private void step() {
    var known = operation;
    if (known == null) {
      throw new TensorException("this part of the record was used by an earlier backward");
    }
    try (var temporaries = new PointerScope()) {
      var gradient = new org.bytedeco.pytorch.Tensor(leaf.grad());
      if (gradient.defined()) {
        leaf.mutable_grad().reset();
        known.backward(gradient);
      }
    }
    close();
  }

  @Override
  public void close() {
    if (operation != null) {
      operation.close();
      operation = null;
      before.clear();
      owner.remove(this);
    }
  }
}
