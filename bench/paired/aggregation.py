"""How many elements a core encodes, and adds up, in a second. Motley alone."""

import argparse
import json
import subprocess

import motley
from contenders import Failed
from report import Figure

SIZES = {"64 Ki elements, in the cache": 65_536, "mnist-cnn, 1.2 M elements": 1_199_882}

# In 10^9 elements/s; other lines are shown beside them.
GOALS = {
    "4 of int8 -> 64-bit sum": 4.0,
    "f32 -> 64-bit sum": 2.0,
    "f32 -> int8": 1.0,
}


def measure(options: argparse.Namespace) -> list[Figure]:
    figures = []
    for name, elements in SIZES.items():
        if options.quick and elements > 100_000:
            continue
        figures += [figure(name, row) for row in rows(elements)]
    return [each for each in figures if options.case in each.case]


def rows(elements: int) -> list[dict]:
    command = motley.command("bench", "--sums", elements, "--format", "json")
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=motley.environment())
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not told:
        raise Failed(f"motley bench ended with status {done.returncode}")
    return told[-1]["sums"]


def figure(size: str, row: dict) -> Figure:
    """The best run is judged: what else the machine does can only slow one down."""
    goal = GOALS.get(row["name"])
    best = row["bestPerNs"]
    return Figure(
        case=f"{row['name']}, {size}",
        value=best,
        unit="G elements/s",
        ratio=best / goal if goal else None,
        reached=best >= goal if goal else None,
        more={"median": row["medianPerNs"], "goal G/s": goal},
    )
