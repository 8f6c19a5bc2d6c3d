/** The part of Jinja that chat templates are written in, as Transformers sets it up. */
@NullMarked
package inkstone.text.jinja;

import org.jspecify.annotations.NullMarked;
