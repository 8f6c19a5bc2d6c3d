/** Tokenizers: training, encoding, decoding, tokenizer.json. */
@NullMarked
package inkstone.text;

import org.jspecify.annotations.NullMarked;
