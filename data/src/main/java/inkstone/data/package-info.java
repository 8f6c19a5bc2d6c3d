/** Corpora to documents to token shards to batches. */
@NullMarked
package inkstone.data;

import org.jspecify.annotations.NullMarked;
