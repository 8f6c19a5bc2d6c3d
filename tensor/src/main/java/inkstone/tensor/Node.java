package inkstone.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.PointerScope;
import org.jspecify.annotations.Nullable;

/**
 * One recorded operation. The record is cut after each: its result is handed on as a leaf of its
 * own, whose gradient gathers there, and backward goes from node to node in the reverse order of
 * their making. So an operation may bring a backward of its own, and libtorch's serves the rest; on
 * which thread it runs does not matter.
 *
 * <p>What a node holds is freed by backward, or when neither a tensor nor a later node uses it.
 */
final class Node {

  private static final AtomicLong NUMBERS = new AtomicLong();

  private final long number = NUMBERS.incrementAndGet();
  private final List<Node> before = new ArrayList<>();
  private final org.bytedeco.pytorch.Tensor leaf;
  private final AtomicInteger users = new AtomicInteger();
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
        input.node().retain();
      }
    }
  }

  /** Says that one more uses it. */
  void retain() {
    users.incrementAndGet();
  }

  /** Says that one no longer uses it. */
  void release() {
    if (users.decrementAndGet() == 0) {
      free(this);
    }
  }

  /** Frees a node, and those before it that nothing else uses; in a loop, for chains are long. */
  private static void free(Node first) {
    var unused = new ArrayDeque<Node>(List.of(first));
    while (!unused.isEmpty()) {
      var node = unused.remove();
      if (node.operation != null) {
        node.operation.close();
        node.operation = null;
      }
      node.before.stream().filter(n -> n.users.decrementAndGet() == 0).forEach(unused::add);
      node.before.clear();
    }
  }

  /** Computes the gradients of all that led here, from the gradient of this node's result. */
  void backward(org.bytedeco.pytorch.Tensor gradient) {
    var ready = new PriorityQueue<Node>(Comparator.comparingLong(node -> -node.number));
    var seen = new HashSet<Node>();
    if (operation == null) {
      throw new TensorException("its record was used by an earlier backward");
    }
    Operation.add(leaf, gradient);
    retain();
    ready.add(this);
    try {
      while (!ready.isEmpty()) {
        var node = ready.element();
        for (var each : node.before) {
          if (seen.add(each)) {
            each.retain();
            ready.add(each);
          }
        }
        node.step();
        ready.remove(node);
        node.release();
      }
    } finally {
      ready.forEach(Node::release); // what a failure has left
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
    free(this);
  }
}
