/** Objectives, optimizers, schedules and the training loop. */
@NullMarked
package inkstone.train;

import org.jspecify.annotations.NullMarked;
