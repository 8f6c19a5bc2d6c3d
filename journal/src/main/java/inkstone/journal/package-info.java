/** The events of a run and the pictures made of them. */
@NullMarked
package inkstone.journal;

import org.jspecify.annotations.NullMarked;
