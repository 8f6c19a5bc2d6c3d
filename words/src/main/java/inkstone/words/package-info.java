/** Word vectors: learned, kept, asked and judged. */
@org.jspecify.annotations.NullMarked
package inkstone.words;
