/** A small, safe face over libtorch, and safetensors. */
@NullMarked
package inkstone.tensor;

import org.jspecify.annotations.NullMarked;
