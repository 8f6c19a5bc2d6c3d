/** Text that is held to a regular expression or a JSON schema while a model writes it. */
@NullMarked
package inkstone.generate.constraint;

import org.jspecify.annotations.NullMarked;
