#!/usr/bin/env python3
"""Training of an encoder and a decoder in plain PyTorch: the peer of `./inkstone bench translation`.

Norms after each sum, as in the paper; ReLU; one embedding for both languages and the output; sinusoidal positions; fused
attention with a padding mask where a batch has padding; queries, keys and values in one matrix; label smoothing; fused
AdamW; gradients clipped to a norm of 1. With --compile the network goes through torch.compile.

It is a worker that speaks lines, as gpt.py beside it: {"ready": true, ...} after some steps to warm up, for each line
`round SECONDS` whole steps for at least that long and {"tokens", "seconds", "loss", "resident_bytes"}. Batches are as those of
our side: all targets of a batch have one length, which walks from 8 to 24; sources are up to two tokens longer or shorter, and
are padded. Tokens are those of the targets.

    echo round 10 | python bench/peers/transformer.py --threads 2
"""

import argparse
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
SHORTEST, LENGTHS, SPREAD, POSITIONS = 8, 17, 2, 256


class Attention(nn.Module):
    def __init__(self, width, heads, cross):
        super().__init__()
        self.heads, self.cross = heads, cross
        self.query = nn.Linear(width, width) if cross else None
        self.mix = nn.Linear(width, (2 if cross else 3) * width)
        self.out = nn.Linear(width, width)

    def parts(self, x, count):
        batch, seq, _ = x.shape
        return x.view(batch, seq, count, self.heads, -1).permute(2, 0, 3, 1, 4)

    def forward(self, x, read=None, mask=None, causal=False):
        if self.cross:
            (q,), (k, v) = self.parts(self.query(x), 1), self.parts(self.mix(read), 2)
        else:
            q, k, v = self.parts(self.mix(x), 3)
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
        return self.out(y.transpose(1, 2).reshape(x.shape))


class Block(nn.Module):
    def __init__(self, given, writes):
        super().__init__()
        self.own, self.norm1 = Attention(given.width, given.heads, False), nn.LayerNorm(given.width)
        self.other = Attention(given.width, given.heads, True) if writes else None
        self.norm2 = nn.LayerNorm(given.width) if writes else None
        self.up, self.down = nn.Linear(given.width, given.hidden), nn.Linear(given.hidden, given.width)
        self.norm3 = nn.LayerNorm(given.width)
        self.dropout = given.dropout

    def drop(self, x):
        return F.dropout(x, self.dropout, self.training)

    def forward(self, x, mask, read=None):
        if read is None:
            x = self.norm1(x + self.drop(self.own(x, mask=mask)))
        else:
            x = self.norm1(x + self.drop(self.own(x, causal=True)))
            x = self.norm2(x + self.drop(self.other(x, read, mask)))
        return self.norm3(x + self.drop(self.down(F.relu(self.up(x)))))


class Transformer(nn.Module):
    def __init__(self, given):
        super().__init__()
        self.given = given
        self.shared = nn.Embedding(given.vocabulary, given.width)
        self.encoder = nn.ModuleList(Block(given, False) for _ in range(given.layers))
        self.decoder = nn.ModuleList(Block(given, True) for _ in range(given.layers))
        angles = torch.arange(POSITIONS)[:, None] / 10000 ** (torch.arange(0, given.width, 2) / given.width)
        self.register_buffer("positions", torch.cat([angles.sin(), angles.cos()], 1), persistent=False)
        for name, weight in self.named_parameters():
            if weight.ndim >= 2:
                nn.init.normal_(weight, std=given.width ** -0.5) if "shared" in name else nn.init.xavier_normal_(weight)

    def embed(self, ids):
        x = self.shared(ids) * math.sqrt(self.given.width) + self.positions[: ids.shape[1]]
        return F.dropout(x, self.given.dropout, self.training)

    def forward(self, source, mask, target, labels):
        read = self.embed(source)
        for block in self.encoder:
            read = block(read, mask)
        x = self.embed(target)
        for block in self.decoder:
            x = block(x, mask, read)
        logits = F.linear(x, self.shared.weight)
        return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), label_smoothing=self.given.smoothing)


class Training:
    def __init__(self, given):
        self.given, self.batches = given, 0
        model = Transformer(given)
        self.weights = list(model.parameters())
        matrices = [p for p in self.weights if p.ndim >= 2]
        vectors = [p for p in self.weights if p.ndim < 2]
        groups = [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=RATE, betas=BETAS, eps=EPSILON, fused=True)
        self.model = torch.compile(model) if given.compile else model

    def step(self):
        length = SHORTEST + self.batches % LENGTHS
        self.batches += 1
        count = max(1, self.given.tokens // (length + SPREAD))
        padding = self.given.vocabulary - 1
        lengths = torch.randint(length - SPREAD, length + SPREAD + 1, (count,))
        mask = torch.arange(int(lengths.max()))[None, :] < lengths[:, None]
        source = torch.randint(padding, mask.shape).masked_fill(~mask, padding)
        labels = torch.randint(padding, (count, length))
        target = torch.cat([torch.full((count, 1), padding), labels[:, :-1]], 1)
        loss = self.model(source, mask[:, None, None, :], target, labels)
        loss.backward()
        nn.utils.clip_grad_norm_(self.weights, CLIP, foreach=True)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.detach(), count * length

    def round(self, seconds):
        tokens, began = 0, time.perf_counter()
        while True:
            loss, some = self.step()
            tokens += some
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
    options.add_argument("--size", default="multi30k", help="a name; the figures below decide")
    options.add_argument("--layers", type=int, default=4)
    options.add_argument("--heads", type=int, default=4)
    options.add_argument("--width", type=int, default=128)
    options.add_argument("--hidden", type=int, default=256)
    options.add_argument("--vocabulary", type=int, default=10000)
    options.add_argument("--tokens", type=int, default=4096)
    options.add_argument("--dropout", type=float, default=0.3)
    options.add_argument("--smoothing", type=float, default=0.1)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--compile", action="store_true", help="through torch.compile")
    given = options.parse_args()

    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    training = Training(given)
    for _ in range(LENGTHS):
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
