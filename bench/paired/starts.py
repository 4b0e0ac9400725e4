"""From the start of a process to its first finished training step."""

import argparse
import time
from statistics import median

import motley
import pytorch
from contenders import Contender
from report import Figure

MODEL = ["--model", "mnist-cnn", "--batch-size", 64]
GOAL_SECONDS = 3.0


def measure(options: argparse.Namespace) -> list[Figure]:
    own = motley.command(
        "bench", *MODEL, "--seconds", 0, "--warm-up", 0, "--format", "json"
    ), motley.environment()
    peer = None
    if not options.alone:
        peer = pytorch.command("first_step.py", *MODEL), pytorch.environment()
    contenders = {"Motley": own} | ({"PyTorch": peer} if peer else {})
    seconds = {name: [] for name in contenders}
    for round_number in range(3 if options.quick else 8):
        for name, (command, environment) in contenders.items():
            taken = seconds_to_first_step(name, command, environment)
            if round_number > 0:  # The first one fills the caches of the system.
                seconds[name].append(taken)
    value = median(seconds["Motley"])
    theirs = median(seconds["PyTorch"]) if peer else None
    return [
        Figure(
            case="mnist-cnn, batch 64",
            value=value,
            unit="s",
            peer=theirs,
            ratio=theirs / value if peer else None,
            reached=value <= GOAL_SECONDS,
            more={"goal s": GOAL_SECONDS, "best s": min(seconds["Motley"])},
        )
    ]


def seconds_to_first_step(name: str, command: list[str], environment: dict[str, str]) -> float:
    contender = Contender(name, command, environment)
    try:
        contender.answer("bench")
        return time.monotonic() - contender.startedAt
    finally:
        contender.close()
