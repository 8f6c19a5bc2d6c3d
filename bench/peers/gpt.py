#!/usr/bin/env python3
"""GPT-2 training in plain PyTorch, tuned as its users tune it: the peer of `./inkstone bench train`.

Pre-norm blocks, queries, keys and values in one matrix, fused causal attention, GELU in its tanh form, no biases, no
dropout, output head tied to the embedding; fused AdamW on float32 weights, bfloat16 by autocast, gradients clipped to a
norm of 1. With --compile the network goes through torch.compile.

It is a worker that speaks lines. After one step to warm up it prints {"ready": true, ...}; for each line `round SECONDS`
it then trains whole steps on random tokens for at least that long and prints {"tokens", "seconds", "loss",
"resident_bytes"}; `quit` or the end of its input ends it. Where torch is missing it prints {"ready": false, "why": ...}.
Everything else goes to standard error. Alone (the defaults are the size 10m):

    echo round 10 | python bench/peers/gpt.py --threads 2
    echo round 60 | python bench/peers/gpt.py --threads 2 --layers 12 --heads 12 --width 768 \
        --vocabulary 50304 --context 1024 --sequences 4 --dtype bf16 --compile
"""

import argparse
import contextlib
import json
import math
import os
import sys
import time

# Libraries and compilers print what they like; the protocol gets a descriptor of its own.
ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def say(**fields):
    print(json.dumps(fields), file=ANSWERS, flush=True)


try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except Exception as e:  # an installation can be broken in many ways
    why = f"{sys.executable} cannot import torch ({type(e).__name__}: {str(e).splitlines()[0] if str(e) else ''})"
    say(ready=False, why=why + "; install it (pip install torch) or name another Python by --python FILE")
    sys.exit(0)

RATE, BETAS, EPSILON, WEIGHT_DECAY, CLIP = 1e-4, (0.9, 0.95), 1e-8, 0.1, 1.0


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.mix = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)

    def forward(self, x):
        batch, seq, width = x.shape
        q, k, v = (part.view(batch, seq, self.heads, -1).transpose(1, 2) for part in self.mix(x).split(width, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.transpose(1, 2).reshape(batch, seq, width))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(width, bias=False), Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, bias=False)
        self.up = nn.Linear(width, 4 * width, bias=False)
        self.out = nn.Linear(4 * width, width, bias=False)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.out(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Gpt(nn.Module):
    def __init__(self, given):
        super().__init__()
        self.tokens = nn.Embedding(given.vocabulary, given.width)
        self.positions = nn.Embedding(given.context, given.width)
        self.blocks = nn.ModuleList(Block(given.width, given.heads) for _ in range(given.layers))
        self.norm = nn.LayerNorm(given.width, bias=False)
        for name, weight in self.named_parameters():
            if weight.ndim >= 2:  # norms start at one; what writes into the residual stream starts smaller
                residual = name.endswith("out.weight")
                nn.init.normal_(weight, std=0.02 / math.sqrt(2 * given.layers) if residual else 0.02)

    def forward(self, ids, targets):
        x = self.tokens(ids) + self.positions.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        logits = F.linear(self.norm(x), self.tokens.weight)  # the output layer is tied to the embedding
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


class Training:
    def __init__(self, given):
        self.given = given
        model = Gpt(given)
        self.weights = list(model.parameters())
        matrices = [p for p in self.weights if p.ndim >= 2]
        vectors = [p for p in self.weights if p.ndim < 2]
        groups = [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=RATE, betas=BETAS, eps=EPSILON, fused=True)
        self.model = torch.compile(model) if given.compile else model

    def arithmetic(self):
        bf16 = self.given.dtype == "bf16"
        return torch.autocast("cpu", dtype=torch.bfloat16) if bf16 else contextlib.nullcontext()

    def step(self):
        shape = (self.given.sequences, self.given.context)
        inputs, targets = (torch.randint(self.given.vocabulary, shape) for _ in range(2))
        with self.arithmetic():
            loss = self.model(inputs, targets)
        loss.backward()
        nn.utils.clip_grad_norm_(self.weights, CLIP, foreach=True)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.detach()

    def round(self, seconds):
        tokens, began = 0, time.perf_counter()
        while True:
            loss = self.step()
            tokens += self.given.sequences * self.given.context
            spent = time.perf_counter() - began
            if spent >= seconds:
                return {"tokens": tokens, "seconds": spent, "loss": loss.item(), "resident_bytes": peak()}


def peak():
    """The most physical memory that this process has held, in bytes; None where the system does not say."""
    try:
        with open("/proc/self/status", encoding="ascii", errors="replace") as status:
            return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:")), None)
    except OSError:
        return None


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--size", default="10m", help="a name; the figures below decide")
    options.add_argument("--layers", type=int, default=6)
    options.add_argument("--heads", type=int, default=6)
    options.add_argument("--width", type=int, default=384)
    options.add_argument("--vocabulary", type=int, default=65)
    options.add_argument("--context", type=int, default=256)
    options.add_argument("--sequences", type=int, default=32)
    options.add_argument("--dtype", choices=("fp32", "bf16"), default="fp32")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--compile", action="store_true", help="through torch.compile")
    given = options.parse_args()

    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    training = Training(given)
    training.step()
    name = f"pytorch {torch.__version__}" + (" compiled" if given.compile else "")
    say(ready=True, name=name, parameters=sum(p.numel() for p in training.weights), size=given.size)
    for line in sys.stdin:
        words = line.split()
        if words == ["quit"]:
            break
        if len(words) != 2 or words[0] != "round":
            sys.exit(f"'{line.strip()}' is not understood; say round SECONDS or quit")
        say(**training.round(float(words[1])))


if __name__ == "__main__":
    main()
