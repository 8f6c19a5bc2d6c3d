/** Our speed and memory beside a peer's, measured in turn on one machine. */
@NullMarked
package inkstone.bench;

import org.jspecify.annotations.NullMarked;
