"""Compares our tokenizer with Hugging Face tokenizers on the same machine in the same run.

usage: compare.py --classpath CP [--java JAVA] [--data DIR] [--vocabulary 8192] [--runs 2] [FILE...]

CP holds text's classes, test classes and dependencies; README.md beside this file says how to get
it. Without FILEs the corpus is tinyshakespeare, four Chinese novels, wikitext-2 and the training
part of Multi30k, read from DIR. The two programs take turns. Ratios above 1 mean that we are
faster. Times are steady state: the start of the process and reading the documents are not in them.
"""

import argparse
import glob
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
DOCUMENT = 4096  # characters, at least; documents end at a line's end


def read(path):
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", newline="") as f:
        return f.read()


def documents(text):
    part, size = [], 0
    for line in text.splitlines(keepends=True):
        part.append(line)
        size += len(line)
        if size >= DOCUMENT:
            yield "".join(part)
            part, size = [], 0
    if part:
        yield "".join(part)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--classpath", required=True)
    parser.add_argument("--java", default="java")
    parser.add_argument("--data", default=os.path.join(ROOT, "..", "shared", "data"))
    parser.add_argument("--vocabulary", type=int, default=8192)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    files = options.files or [
        os.path.join(options.data, "tinyshakespeare", "input.txt"),
        *sorted(glob.glob(os.path.join(options.data, "four-classics-zh", "[!S]*.txt"))),
        os.path.join(options.data, "wikitext-2", "valid.txt"),
        os.path.join(options.data, "wikitext-2", "test.txt"),
        os.path.join(options.data, "multi30k-en-de", "train.en.gz"),
        os.path.join(options.data, "multi30k-en-de", "train.de.gz"),
    ]
    with tempfile.TemporaryDirectory() as out:
        corpus = os.path.join(out, "documents.jsonl")
        size = count = 0
        with open(corpus, "w", encoding="utf-8") as f:
            for path in files:
                for document in documents(read(path)):
                    f.write(json.dumps(document, ensure_ascii=False) + "\n")
                    size += len(document.encode())
                    count += 1
        common = [corpus, str(options.vocabulary), str(options.rounds)]
        ours = [options.java, "-Xmx2g", "-cp", options.classpath, "inkstone.text.TokenizerBench"]
        peer = [sys.executable, os.path.join(HERE, "peer.py")]
        results = {"ours": [], "peer": []}
        for _ in range(options.runs):
            for name, command in (("ours", ours + common), ("peer", peer + common + [out])):
                run = subprocess.run(command, check=True, capture_output=True, text=True)
                results[name].append(json.loads(run.stdout))
                print(name, results[name][-1], file=sys.stderr)
    best = {
        name: {k: min(r[k] for r in runs) for k in runs[0]} for name, runs in results.items()
    }
    a, b = best["ours"], best["peer"]
    print(f"machine: {platform.machine()}, {os.cpu_count()} processors, {platform.platform()}")
    print(f"corpus: {count} documents, {size} bytes; vocabulary {a['vocabulary']} and {b['vocabulary']}")
    print(f"training: ours {a['train_s']:.2f} s, peer {b['train_s']:.2f} s, ratio {b['train_s'] / a['train_s']:.2f}")
    print(
        f"encoding: ours {size / a['encode_s'] / 1e6:.1f} MB/s, peer {size / b['encode_s'] / 1e6:.1f} MB/s,"
        f" ratio {b['encode_s'] / a['encode_s']:.2f}"
    )
    print(f"tokens per byte: ours {a['tokens'] / size:.5f}, peer {b['tokens'] / size:.5f}, ours/peer {a['tokens'] / b['tokens']:.5f}")


main()
