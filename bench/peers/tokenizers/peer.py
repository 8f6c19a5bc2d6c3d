"""Times Hugging Face tokenizers (Rust) on a file of documents, one JSON string a line.

usage: peer.py DOCUMENTS VOCABULARY_SIZE ROUNDS OUT_DIR

Prints one JSON object: seconds to train (best of training from the file of plain text and from an
iterator of batches) and to encode all documents (best round of encode_batch_fast, which skips
offsets), with all processors, inside one process that has started; the time to turn its result
into lists of ids is left out.
"""

import json
import os
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "true"

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers  # noqa: E402

documents = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
size, rounds, out = int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
plain = os.path.join(out, "documents.txt")
with open(plain, "w", encoding="utf-8", newline="") as f:
    f.write("".join(documents))
batches = [documents[i : i + 1000] for i in range(0, len(documents), 1000)]


def train(from_file):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    start = time.perf_counter()
    if from_file:
        tokenizer.train([plain], trainer)
    else:
        tokenizer.train_from_iterator(iter(batches), trainer)
    return tokenizer, time.perf_counter() - start


training = []
for _ in range(rounds):
    training.append(train(True)[1])
    tokenizer, seconds = train(False)
    training.append(seconds)
tokenizer.save(os.path.join(out, "peer-tokenizer.json"))

encoding = []
for _ in range(2 * rounds):
    start = time.perf_counter()
    encoded = tokenizer.encode_batch_fast(documents, add_special_tokens=False)
    encoding.append(time.perf_counter() - start)
tokens = sum(len(e.ids) for e in encoded)
print(
    json.dumps(
        {
            "train_s": min(training),
            "encode_s": min(encoding),
            "tokens": tokens,
            "vocabulary": tokenizer.get_vocab_size(),
        }
    )
)
