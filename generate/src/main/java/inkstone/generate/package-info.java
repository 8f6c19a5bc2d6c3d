/** Requests, sampling, KV cache, streams of text. */
@NullMarked
package inkstone.generate;

import org.jspecify.annotations.NullMarked;
