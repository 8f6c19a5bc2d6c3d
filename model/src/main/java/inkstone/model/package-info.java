/** Layers, model families and Hugging Face directories. */
@NullMarked
package inkstone.model;

import org.jspecify.annotations.NullMarked;
