package inkstone.evaluate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;

/** The minimum of a smooth function by L-BFGS (Nocedal and Wright, 2006, algorithms 7.4, 7.5). */
final class Lbfgs {

  private static final int MEMORY = 10;
  private static final int HALVINGS = 40;

  /** The part of the slope that a step must bring (Armijo's condition). */
  private static final double ENOUGH = 1e-4;

  private Lbfgs() {}

  /** What is made small. */
  interface Function {
    /** The value at a point; adds the gradient there to {@code gradient}. */
    double at(double[] point, double[] gradient);
  }

  private record Pair(double[] step, double[] change, double curvature) {}

  /**
   * A point where the gradient's largest element is below {@code enough}, or the best of so many
   * steps.
   */
  static double[] minimum(Function function, double[] start, int steps, double enough) {
    var point = start.clone();
    var gradient = new double[start.length];
    double value = function.at(point, gradient);
    var pairs = new ArrayDeque<Pair>();
    for (int i = 0; i < steps && largest(gradient) > enough; i++) {
      var direction = direction(gradient, pairs);
      double slope = dot(direction, gradient);
      double length = pairs.isEmpty() ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
      var next = point;
      var nextGradient = gradient;
      double nextValue = Double.POSITIVE_INFINITY;
      int halvings = 0;
      while (nextValue > value + ENOUGH * length * slope) {
        if (halvings++ == HALVINGS) {
          return point; // as near as rounding lets it
        }
        next = point.clone();
        add(next, direction, length);
        nextGradient = new double[start.length];
        nextValue = function.at(next, nextGradient);
        length /= 2;
      }
      var step = difference(next, point);
      var change = difference(nextGradient, gradient);
      double curvature = dot(step, change);
      if (curvature > 1e-12) {
        pairs.addLast(new Pair(step, change, curvature));
        if (pairs.size() > MEMORY) {
          pairs.removeFirst();
        }
      }
      point = next;
      gradient = nextGradient;
      value = nextValue;
    }
    return point;
  }

  private static double[] direction(double[] gradient, ArrayDeque<Pair> pairs) {
    var q = Arrays.stream(gradient).map(g -> -g).toArray();
    var known = new ArrayList<>(pairs);
    var alphas = new double[known.size()];
    for (int i = known.size() - 1; i >= 0; i--) {
      var pair = known.get(i);
      alphas[i] = dot(pair.step, q) / pair.curvature;
      add(q, pair.change, -alphas[i]);
    }
    if (!known.isEmpty()) {
      var last = known.getLast();
      double scale = last.curvature / dot(last.change, last.change);
      for (int i = 0; i < q.length; i++) {
        q[i] *= scale;
      }
    }
    for (int i = 0; i < known.size(); i++) {
      var pair = known.get(i);
      add(q, pair.step, alphas[i] - dot(pair.change, q) / pair.curvature);
    }
    return q;
  }

  private static double largest(double[] x) {
    return Arrays.stream(x).map(Math::abs).max().orElse(0);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double[] to, double[] what, double factor) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * what[i];
    }
  }

  private static double[] difference(double[] a, double[] b) {
    var result = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = a[i] - b[i];
    }
    return result;
  }
}
