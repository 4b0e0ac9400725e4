"""Fleets in virtual time, as `motley simulate` describes them."""

import argparse
import json
import subprocess

import motley
from contenders import Failed
from report import Figure

# Eight devices with an eightfold spread; the least takes a second for 32 samples, an equal share.
SECONDS = [1.0, 1.0, 1.5, 2.0, 2.0, 3.0, 5.0, 8.0]


def forecast(options: argparse.Namespace, lost: float) -> dict:
    speeds = ",".join(f"1x{1 / seconds:.6f}" for seconds in SECONDS)
    command = motley.command(
        "simulate",
        *("--device", speeds, "--sample-time", 1000 / 32, "--overhead", 20),
        *("--batch-size", 256, "--tasks", 32, "--rounds", 300 if options.quick else 1500),
        *("--lost", lost, "--format", "json"),
    )
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Failed(f"motley simulate ended with status {done.returncode}")
    return json.loads(done.stdout.splitlines()[0])


def unequal(options: argparse.Namespace) -> list[Figure]:
    told = forecast(options, 0)
    faster = told["speedupAgainstWaitingForAll"]
    return [
        judged("times faster than waiting for all", faster, "times", faster / 3.4),
        judged("share of the ideal", told["ofIdeal"], "of 1", told["ofIdeal"] / 0.80),
        judged(
            "tasks computed twice",
            told["duplicates"],
            "of 1",
            0.15 / told["duplicates"] if told["duplicates"] else 1e3,
        ),
    ]


def lossy(options: argparse.Namespace) -> list[Figure]:
    calm, lost = forecast(options, 0)["roundMs"], forecast(options, 0.02)["roundMs"]
    return [judged("2 % of tasks lost: round time", lost / calm, "of calm", 1.15 * calm / lost)]


def judged(case: str, value: float, unit: str, ratio: float) -> Figure:
    return Figure(case, value, unit, ratio=ratio, goal=1.0, reached=ratio >= 1)
