package inkstone.train;

import inkstone.data.DataPosition;

/**
 * What one batch taught.
 *
 * @param loss its mean loss
 * @param tokens that it had
 * @param next where the next batch begins
 */
record Lesson(double loss, long tokens, DataPosition next) {}
