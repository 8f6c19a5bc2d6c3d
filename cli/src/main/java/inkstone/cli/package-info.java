/** The command line. */
@NullMarked
package inkstone.cli;

import org.jspecify.annotations.NullMarked;
