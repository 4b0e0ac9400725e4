"""What encodings of answers cost in quality: rows A6, A7 and A10. Motley alone, over loopback HTTP.

Trains the net of 46,730 parameters of bench/cnn-small.json with each encoding and without, from the same seeds.
"""

import argparse
import json
import subprocess
from pathlib import Path

import motley
from contenders import Failed
from report import Figure

MODEL = Path(__file__).resolve().parent.parent / "cnn-small.json"
SEEDS = [1, 2]
BYTES_INT8 = 0.26

# Points of accuracy that may be lost, by row and encoding.
INT8 = {"int8": 0.003}
FEWER = {"int4": 0.003, "int2": 0.003, "top-k:0.01": 0.005, "low-rank:2": 0.005}

LOCAL = ["--strategy", "local", "--local-steps", "50"]
NATS = 0.01


def int8(options: argparse.Namespace) -> list[Figure]:
    return accuracy(INT8, options)


def fewer(options: argparse.Namespace) -> list[Figure]:
    return accuracy(FEWER, options)


def accuracy(goals: dict[str, float], options: argparse.Namespace) -> list[Figure]:
    chosen = {form: goal for form, goal in goals.items() if options.case in form}
    plain = runs([], options) if chosen else []
    return [points(form, goal, plain, runs(["--encoding", form], options)) for form, goal in chosen.items()]


def points(form: str, goal: float, plain: list[dict], coded: list[dict]) -> Figure:
    lost = mean(plain, "testAccuracy") - mean(coded, "testAccuracy")
    share = mean(coded, "upBytesPerTask") / mean(plain, "upBytesPerTask")
    # The goal for int8 is on both sides: to be better by chance is as far from f32.
    reached = abs(lost) <= goal and share <= BYTES_INT8 if form == "int8" else lost <= goal
    return Figure(
        case=f"{form}: points of accuracy lost",
        value=100 * lost,
        unit="points",
        ratio=goal / max(abs(lost), 1e-9),
        reached=reached,
        more={
            "goal": 100 * goal,
            "accuracy": mean(coded, "testAccuracy"),
            "f32 accuracy": mean(plain, "testAccuracy"),
            "bytes of f32": share,
        },
    )


def local(options: argparse.Namespace) -> list[Figure]:
    """Moves of fifty local steps."""
    chosen = [form for form in ("int8", "int4", "e3m0") if options.case in form]
    plain = runs(LOCAL, options) if chosen else []
    figures = []
    for form in chosen:
        coded = runs([*LOCAL, "--encoding", form], options)
        nats = mean(coded, "testLoss") - mean(plain, "testLoss")
        figures.append(
            Figure(
                case=f"{form}, 50 local steps: test loss beside f32",
                value=nats,
                unit="nats",
                ratio=NATS / max(abs(nats), 1e-9),
                reached=abs(nats) <= NATS,
                more={"goal": NATS, "loss": mean(coded, "testLoss"), "f32 loss": mean(plain, "testLoss")},
            )
        )
    return figures


def runs(form: list[str], options: argparse.Namespace) -> list[dict]:
    return [train(form, seed, options) for seed in (SEEDS[:1] if options.quick else SEEDS)]


def train(form: list[str], seed: int, options: argparse.Namespace) -> dict:
    command = motley.command(
        *["train", MODEL, "--data", options.data or "mnist", "--local-devices", 2, "--exchange", "http"],
        *["--batch-size", 128, "--tasks", 8, "--seed", seed, "--epochs", 1 if options.quick else 3],
        *[*form, "--format", "json"],
    )
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=motley.environment())
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not told or told[-1]["type"] != "result":
        raise Failed(f"motley train ended with status {done.returncode}")
    return told[-1]


def mean(told: list[dict], field: str) -> float:
    return sum(run[field] for run in told) / len(told)
