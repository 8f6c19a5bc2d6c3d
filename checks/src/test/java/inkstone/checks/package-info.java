/** Tests of the house as a whole. */
@NullMarked
package inkstone.checks;

import org.jspecify.annotations.NullMarked;
