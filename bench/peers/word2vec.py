#!/usr/bin/env python3
"""Word vectors by gensim, or by the first word2vec in C: the peers of `./inkstone bench words`.

A worker that speaks lines, like gpt.py: {"ready": true, ...} once the vocabulary is known; for each line `round SECONDS` it
learns whole epochs of the corpus for at least that long and prints {"tokens", "seconds", "loss", "resident_bytes"}. Only
learning is timed, not reading the vocabulary nor writing vectors. Words are those of the corpus that have a vector, before
sub-sampling, for every side alike.

gensim learns from a file (corpus_file), which is its fast way: no Python runs in its threads. The C program is run anew for
each round with the vocabulary of the first run; its speed is taken from the progress that it prints, from its first line to
its last, so that its set-up and its output do not count.

    echo round 10 | python bench/peers/word2vec.py --peer gensim --corpus corpus.txt --threads 2
    echo round 10 | python bench/peers/word2vec.py --peer c --program ./word2vec --corpus corpus.txt --threads 2
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time

ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def say(**fields):
    print(json.dumps(fields), file=ANSWERS, flush=True)


def refuse(why):
    say(ready=False, why=why)
    sys.exit(0)


class Gensim:
    def __init__(self, given):
        try:
            import gensim
            from gensim.models import word2vec
        except Exception as e:  # an installation can be broken in many ways
            refuse(f"{sys.executable} cannot import gensim ({e}); install it (pip install gensim) or name another by --python")
        if word2vec.FAST_VERSION < 0:
            refuse("this gensim has no compiled routines; install a wheel of it")
        self.given = given
        self.rate = 0.025 if given.kind == "skipgram" else 0.05
        self.model = word2vec.Word2Vec(
            vector_size=given.dimensions, window=given.window, min_count=given.min_count, sample=given.subsample,
            sg=int(given.kind == "skipgram"), hs=int(given.loss == "hierarchical"),
            negative=given.negatives if given.loss == "negative" else 0, workers=given.threads, seed=given.seed,
        )
        self.model.build_vocab(corpus_file=given.corpus)
        self.words = int(sum(self.model.wv.get_vecattr(word, "count") for word in self.model.wv.index_to_key))
        self.name = "gensim " + gensim.__version__
        self.vocabulary = len(self.model.wv)

    def round(self, seconds):
        words, began = 0, time.perf_counter()
        while True:
            self.model.train(
                corpus_file=self.given.corpus, total_examples=self.model.corpus_count,
                total_words=self.model.corpus_total_words, epochs=1, start_alpha=self.rate, end_alpha=0.0001,
            )
            words += self.words
            spent = time.perf_counter() - began
            if spent >= seconds:
                return words, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class Original:
    name = "word2vec.c"

    def __init__(self, given):
        self.given = given
        self.folder = tempfile.TemporaryDirectory()
        self.list = os.path.join(self.folder.name, "vocabulary")
        count = ["-train", given.corpus, "-save-vocab", self.list, "-min-count", str(given.min_count)]
        try:
            subprocess.run([given.program, *count], stdout=subprocess.DEVNULL, check=True)
        except (OSError, subprocess.CalledProcessError) as e:
            refuse(f"{given.program} cannot be run ({e}); build word2vec.c and name the program by --peer-home FILE")
        with open(self.list, encoding="utf-8") as lines:
            counts = [int(line.split()[1]) for line in lines if not line.startswith("</s> ")]
        self.words, self.vocabulary = sum(counts), len(counts)

    def round(self, seconds):
        given, words, spent = self.given, 0, 0.0
        command = [
            given.program, "-train", given.corpus, "-read-vocab", self.list, "-output", os.devnull, "-iter", "1",
            "-size", str(given.dimensions), "-window", str(given.window), "-sample", str(given.subsample),
            "-cbow", str(int(given.kind == "cbow")), "-hs", str(int(given.loss == "hierarchical")),
            "-negative", str(given.negatives if given.loss == "negative" else 0), "-threads", str(given.threads),
            "-min-count", str(given.min_count), "-binary", "1",
        ]
        while spent < seconds:
            first = last = None
            with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
                text = b""
                while piece := os.read(process.stdout.fileno(), 1 << 16):
                    now = time.perf_counter()
                    text = (text + piece)[-200:]
                    if shown := re.findall(rb"Progress: ([0-9.]+)%", text):
                        first = first or (now, float(shown[-1]))
                        last = now, float(shown[-1])
            if process.returncode or first is None or last[1] <= first[1]:
                raise SystemExit(f"{given.program} ended with exit code {process.returncode} and no progress")
            words += round((last[1] - first[1]) / 100 * self.words)
            spent += last[0] - first[0]
        return words, spent, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--peer", choices=("gensim", "c"), default="gensim")
    options.add_argument("--program", default="word2vec")
    options.add_argument("--corpus", required=True)
    options.add_argument("--kind", choices=("skipgram", "cbow"), default="skipgram")
    options.add_argument("--loss", choices=("negative", "hierarchical"), default="negative")
    options.add_argument("--share", default="true", help="ours alone knows it")
    options.add_argument("--dimensions", type=int, default=100)
    options.add_argument("--window", type=int, default=5)
    options.add_argument("--negatives", type=int, default=5)
    options.add_argument("--min-count", type=int, default=5)
    options.add_argument("--subsample", type=float, default=1e-3)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    peer = Gensim(given) if given.peer == "gensim" else Original(given)
    say(ready=True, name=peer.name, vocabulary=peer.vocabulary, words=peer.words)
    for line in sys.stdin:
        asked = line.split()
        if asked == ["quit"]:
            break
        words, spent, resident = peer.round(float(asked[1]))
        say(tokens=words, seconds=spent, loss=None, resident_bytes=resident)


if __name__ == "__main__":
    main()
