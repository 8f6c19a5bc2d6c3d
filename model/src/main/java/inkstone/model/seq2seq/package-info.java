/** Networks that read one sequence and write another. */
@NullMarked
package inkstone.model.seq2seq;

import org.jspecify.annotations.NullMarked;
