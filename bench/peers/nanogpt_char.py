#!/usr/bin/env python3
"""Character-level Shakespeare as nanoGPT publishes it for a CPU, in plain PyTorch.

The peer of recipes/shakespeare-char-cpu.yaml: 4 layers, 4 heads, width 128, block 64, batch 12, 2,000 iterations, no
dropout, no biases, 90/10 split at the tail, random windows. nanoGPT's README names a validation loss of 1.88 for it
(https://github.com/karpathy/nanoGPT, "quick start", the run for a CPU).

Two figures come out. `sampled_validation_loss` is nanoGPT's own: the mean over 20 batches of random windows, which
wavers by a few hundredths with the seed. `full_validation_loss` is the mean over all non-overlapping windows of the
held-out tail, so it is the one to compare implementations by. Progress goes to standard error, the result to standard
output as one JSON object.

    python bench/peers/nanogpt_char.py --data PATH/input.txt --threads 2
"""

import argparse
import json
import math
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

LAYERS, HEADS, WIDTH, BLOCK, BATCH = 4, 4, 128, 64, 12
PEAK_RATE, FLOOR_RATE, WARM_UP = 1e-3, 1e-4, 100
BETAS, WEIGHT_DECAY, CLIP = (0.9, 0.99), 0.1, 1.0


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.Linear(WIDTH, 3 * WIDTH, bias=False)
        self.out = nn.Linear(WIDTH, WIDTH, bias=False)

    def forward(self, x):
        batch, seq, _ = x.shape
        heads = self.mix(x).view(batch, seq, 3, HEADS, WIDTH // HEADS)
        q, k, v = heads.permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.transpose(1, 2).reshape(batch, seq, WIDTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(WIDTH, bias=False), Attention()
        self.norm2 = nn.LayerNorm(WIDTH, bias=False)
        self.up = nn.Linear(WIDTH, 4 * WIDTH, bias=False)
        self.out = nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.out(F.gelu(self.up(self.norm2(x))))  # the exact GELU, not the tanh form


class Gpt(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, WIDTH), nn.Embedding(BLOCK, WIDTH)
        self.blocks = nn.ModuleList(Block() for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH, bias=False)
        for name, weight in self.named_parameters():
            if weight.ndim < 2:
                continue  # norms start at one
            # What writes into the residual stream starts smaller (GPT-2 paper, section 2.3).
            residual = name.endswith("out.weight")
            nn.init.normal_(weight, std=0.02 / math.sqrt(2 * LAYERS) if residual else 0.02)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.tokens.weight.T  # the output layer is tied to the embedding


def loss_of(model, inputs, targets):
    return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())


def random_windows(ids):
    starts = torch.randint(len(ids) - BLOCK, (BATCH,))
    windows = torch.stack([ids[s : s + BLOCK + 1] for s in starts.tolist()])
    return windows[:, :-1], windows[:, 1:]


@torch.no_grad()
def sampled_loss(model, ids, batches):
    return sum(loss_of(model, *random_windows(ids)).item() for _ in range(batches)) / batches


@torch.no_grad()
def full_loss(model, ids):
    """Mean loss over every whole window of BLOCK characters, each character predicted once."""
    count = (len(ids) - 1) // BLOCK
    inputs = ids[: count * BLOCK].view(count, BLOCK)
    targets = ids[1 : count * BLOCK + 1].view(count, BLOCK)
    total = 0.0
    for start in range(0, count, 64):
        part = slice(start, start + 64)
        total += loss_of(model, inputs[part], targets[part]).item() * len(inputs[part])
    return total / count


def rate_at(step, steps):
    """Linear warm-up, then a cosine from the peak down to the floor at the last step."""
    if step < WARM_UP:
        return PEAK_RATE * (step + 1) / (WARM_UP + 1)
    share = (step - WARM_UP) / max(1, steps - WARM_UP)
    return FLOOR_RATE + 0.5 * (1 + math.cos(math.pi * min(1.0, share))) * (PEAK_RATE - FLOOR_RATE)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=True, help="input.txt of tinyshakespeare")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--seed", type=int, default=1337)
    options.add_argument("--iterations", type=int, default=2000)
    options.add_argument("--eval-batches", type=int, default=20)
    options.add_argument("--eval-every", type=int, default=250)
    given = options.parse_args()

    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    text = given.data.read_text(encoding="utf-8")
    characters = sorted(set(text))
    index = {c: i for i, c in enumerate(characters)}
    ids = torch.tensor([index[c] for c in text])
    cut = int(0.9 * len(ids))
    train, validation = ids[:cut], ids[cut:]

    model = Gpt(len(characters))
    matrices = [p for p in model.parameters() if p.ndim >= 2]
    vectors = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": vectors, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=PEAK_RATE, betas=BETAS)

    seconds = 0.0  # of training alone, evaluations left out
    for step in range(given.iterations + 1):
        if step % given.eval_every == 0 or step == given.iterations:
            losses = [sampled_loss(model, part, given.eval_batches) for part in (train, validation)]
            print(f"step {step}: train {losses[0]:.4f}, validation {losses[1]:.4f}", file=sys.stderr, flush=True)
        if step == given.iterations:
            break
        began = time.perf_counter()
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, given.iterations)
        loss = loss_of(model, *random_windows(train))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
        seconds += time.perf_counter() - began

    result = {
        "seed": given.seed,
        "threads": given.threads,
        "torch": torch.__version__,
        "parameters": sum(p.numel() for p in model.parameters()),
        "iterations": given.iterations,
        "sampled_train_loss": round(losses[0], 4),
        "sampled_validation_loss": round(losses[1], 4),
        "full_validation_loss": round(full_loss(model, validation), 4),
        "training_seconds": round(seconds, 1),
        "tokens_per_second": round(given.iterations * BATCH * BLOCK / seconds),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
