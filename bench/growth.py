#!/usr/bin/env python3
"""Draws how the cost of a training step grows: a table on standard output, a picture (SVG) into a file.

    for size in context=256,sequences=32 context=512,sequences=16; do
      ./inkstone bench train --peer none --rounds 1 --size $size --json
    done > growth.jsonl
    python bench/growth.py growth.jsonl docs/images/growth.svg
"""

import json
import sys
from pathlib import Path

WIDTH, HEIGHT, MARGIN = 420, 260, 56


def numbers(size):
    return {key: int(value) for key, value in (pair.split("=") for pair in size.split(","))}


def table(runs):
    print("| size | parameters | tokens/s | GFLOP/s | share of the roof | peak memory, MiB |")
    print("|---|---|---|---|---|---|")
    for run in runs:
        print(
            f"| {run['size']} | {run['parameters']:,} | {run['ours']:,.0f} | {run['flops_per_second'] / 1e9:.0f}"
            f" | {run['roof_share']:.2f} | {run['ours_resident_bytes'] / 2**20:,.0f} |"
        )


def panel(left, title, points, roof=None):
    """Sequence length, doubling from step to step, against a figure from 0 on; the roof as a dashed line."""
    top = 1.15 * max([y for _, y in points] + [y for _, y in roof or []])
    x = lambda i: left + MARGIN + i * (WIDTH - 2 * MARGIN) / max(1, len(points) - 1)
    y = lambda value: HEIGHT - MARGIN + value / top * (2 * MARGIN - HEIGHT)
    line = lambda row: " ".join(f"{x(i):.1f},{y(v):.1f}" for i, (_, v) in enumerate(row))
    parts = [f'<text x="{left + WIDTH / 2}" y="24" text-anchor="middle" font-size="15">{title}</text>']
    for share in (0, 0.25, 0.5, 0.75, 1):
        value = share * top / 1.15
        parts.append(
            f'<path d="M{left + MARGIN} {y(value):.1f}H{left + WIDTH - MARGIN}" stroke="#ddd"/>'
            f'<text x="{left + MARGIN - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:,.0f}</text>'
        )
    for i, (length, value) in enumerate(points):
        parts.append(f'<text x="{x(i):.1f}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">{length}</text>')
        parts.append(f'<circle cx="{x(i):.1f}" cy="{y(value):.1f}" r="3.5" fill="#8c2f1b"/>')
    parts.append(f'<polyline points="{line(points)}" fill="none" stroke="#8c2f1b" stroke-width="2"/>')
    if roof:
        parts.append(f'<polyline points="{line(roof)}" fill="none" stroke="#444" stroke-dasharray="5 4"/>')
    parts.append(
        f'<text x="{left + WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">tokens of a sequence</text>'
    )
    return "\n".join(parts)


def main():
    source, picture = map(Path, sys.argv[1:3])
    runs = [json.loads(line) for line in source.read_text().splitlines() if line.startswith("{")]
    table(runs)
    lengths = [(numbers(run["size"])["context"], run) for run in runs if "context=" in run["size"]]
    flops = [(n, run["flops_per_second"] / 1e9) for n, run in lengths]
    roof = [(n, run["roof_flops_per_second"] / 1e9) for n, run in lengths]
    memory = [(n, run["ours_resident_bytes"] / 2**20) for n, run in lengths]
    picture.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {HEIGHT}" font-family="sans-serif"'
        f' font-size="12"><rect width="100%" height="100%" fill="#fff"/>\n'
        f'{panel(0, "GFLOP/s (dashed: the roof)", flops, roof)}\n{panel(WIDTH, "peak memory, MiB", memory)}\n</svg>\n'
    )


if __name__ == "__main__":
    main()
