"""Bytes on the wire for a device's task, at equal accuracy. Motley alone, over loopback HTTP."""

import argparse
import json
import subprocess

import motley
from contenders import Failed
from report import Figure

FORMS = {
    "int8": (["--encoding", "int8"], 0.26),
    "int4": (["--encoding", "int4"], None),
    "top-k:0.01": (["--encoding", "top-k:0.01"], None),
    "int8, bf16 parameters": (["--encoding", "int8", "--parameters", "bf16"], 0.26),
}
POINTS_LOST_MAX = 0.003

# An answer for so many steps of a device; what it costs in quality is docs/local-steps.md's matter.
LOCAL_STEPS = 100
LOCAL = [*["--strategy", "local", "--local-steps", LOCAL_STEPS], *["--encoding", "int4"]]
LOCAL_GOAL = 1 / 500


def measure(options: argparse.Namespace) -> list[Figure]:
    plain = train([], options)
    chosen = {name: form for name, form in FORMS.items() if options.case in name}
    figures = [figure(name, plain, train(form, options), goal) for name, (form, goal) in chosen.items()]
    name = f"int4, {LOCAL_STEPS} local steps, per step"
    return figures + ([local(name, plain, train(LOCAL, options))] if options.case in name else [])


def local(name: str, plain: dict, run: dict) -> Figure:
    """Judged by bytes alone, those after the warm-up."""
    share = run["upBytesPerTask"] / LOCAL_STEPS / plain["upBytesPerTask"]
    return Figure(
        case=name,
        value=share,
        unit="of f32, up",
        ratio=LOCAL_GOAL / share,
        reached=share <= LOCAL_GOAL,
        more={"goal": LOCAL_GOAL, "accuracy": run["testAccuracy"], "seconds": run["seconds"]},
    )


def train(form: list[str], options: argparse.Namespace) -> dict:
    command = motley.command(
        *["train", "mnist-cnn", "--data", "mnist", "--local-devices", 2, "--exchange", "http"],
        *["--epochs", 1 if options.quick else 2, *form, "--format", "json"],
    )
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=motley.environment())
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not told or told[-1]["type"] != "result":
        raise Failed(f"motley train ended with status {done.returncode}")
    return told[-1]


def figure(name: str, plain: dict, run: dict, goal: float | None) -> Figure:
    share = run["upBytesPerTask"] / plain["upBytesPerTask"]
    lost = plain["testAccuracy"] - run["testAccuracy"]
    reached = share <= goal and lost <= POINTS_LOST_MAX if goal else None
    return Figure(
        case=name,
        value=share,
        unit="of f32, up",
        ratio=goal / share if goal else 1 / share,
        reached=reached,
        more={
            "goal": goal,
            "bytes up": run["upBytesPerTask"],
            "bytes down": run["downBytesPerTask"],
            "f32 down": plain["downBytesPerTask"],
            "accuracy": run["testAccuracy"],
            "f32 accuracy": plain["testAccuracy"],
            "seconds": run["seconds"],
        },
    )
