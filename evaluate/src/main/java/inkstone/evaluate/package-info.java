/** Metrics and baselines. */
@NullMarked
package inkstone.evaluate;

import org.jspecify.annotations.NullMarked;
