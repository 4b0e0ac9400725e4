"""From the start of a process to its first useful result."""

import argparse
import signal
import subprocess
import time
from statistics import median

import motley
import pytorch
from contenders import Contender
from report import Figure

MODEL = ["--model", "mnist-cnn", "--batch-size", 64]
GOAL_SECONDS = 3.0

FIRST_COMMAND = ["train", "mnist-cnn", "--data", "mnist", "--epochs", 2, "--local-devices", 2]
FIRST_LOSS_GOAL_SECONDS = 10.0


def first_step(options: argparse.Namespace) -> list[Figure]:
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


def first_loss(options: argparse.Namespace) -> list[Figure]:
    """The program is built and the data set fetched before the clock runs."""
    for preparation in (["--version"], ["data", "fetch", "mnist"]):
        subprocess.run(motley.command(*preparation), check=True, stdout=subprocess.DEVNULL)
    seconds = [seconds_to_first_loss() for _ in range(3 if options.quick else 8)]
    value = median(seconds)
    return [
        Figure(
            case="mnist-cnn, 2 local devices",
            value=value,
            unit="s",
            reached=value <= FIRST_LOSS_GOAL_SECONDS,
            more={"goal s": FIRST_LOSS_GOAL_SECONDS, "best s": min(seconds), "first s": seconds[0]},
        )
    ]


def seconds_to_first_loss() -> float:
    """Programs are told of a round at the moment people see its loss."""
    command = motley.command(*FIRST_COMMAND, "--format", "json")
    contender = Contender("Motley", command, motley.environment())
    try:
        contender.answer("round")
        return time.monotonic() - contender.startedAt
    finally:
        contender.process.send_signal(signal.SIGINT)
        contender.close()
