package inkstone.text.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What filters such as {@code map} and {@code selectattr} give: it can be gone through once, is
 * always true, and has neither length nor index.
 */
final class Stream implements Value {

  private final Iterator<Value> items;

  Stream(List<Value> items) {
    this.items = items.iterator();
  }

  /** All that nobody has taken yet. */
  List<Value> rest() {
    var rest = new ArrayList<Value>();
    items.forEachRemaining(rest::add);
    return rest;
  }

  /** One more, or {@code otherwise} at the end. */
  Value next(Value otherwise) {
    return items.hasNext() ? items.next() : otherwise;
  }

  @Override
  public String type() {
    return "generator";
  }
}
