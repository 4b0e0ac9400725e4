"""A training step in headless Chromium: plans of Motley beside jax-js and TensorFlow.js, all on one thread or one software GPU."""

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median

import motley
from contenders import Contender, Failed, Pace, in_turns
from pytorch import ROOT
from report import Figure

FOLDER = ROOT / "bench/browser"
GOAL = 3

# Who computes beside whom, with what the plan is asked for, and whether the goal is for this case.
CASES = {
    "WebGPU on the processor": (["motley webgpu", "jax-js webgpu", "tfjs webgpu"], ["--engine", "webgpu", "--software"], GOAL),
    "the processor": (["motley wasm", "jax-js wasm", "tfjs cpu"], ["--relaxed-simd"], None),
}

# Sums of 32 losses and norms of gradients agree to this share.
AGREEMENT = 1e-3


def measure(options: argparse.Namespace) -> list[Figure]:
    chosen = {name: case for name, case in CASES.items() if options.case in name}
    chromium = provide()
    with tempfile.TemporaryDirectory() as folder:
        return [figure(name, *case, options, chromium, Path(folder)) for name, case in chosen.items()]


def figure(name, contestants, asked, goal, options, chromium: str, folder: Path) -> Figure:
    pace = Pace.of(options)
    file = folder / "plan.json"
    plan = motley.command("model", "plan", FOLDER / "net.json", "--batch-size", 32, *asked)
    with file.open("wb") as to:
        subprocess.run(plan, stdout=to, check=True)
    entries = contestants[:1] if options.alone else contestants
    firsts: list[dict] = []
    turns = in_turns((entry(who, chromium, file, pace, firsts) for who in entries), pace.rounds)
    times = [median(turn["msPerStep"] for turn in turn_of) for turn_of in turns.values()]
    agree(firsts, entries)
    ours, others = times[0], times[1:]
    more = {f"{who} ms": ms for who, ms in zip(entries[1:], others)}
    more |= {f"{who} first ms": first["firstMs"] for who, first in zip(entries, firsts)}
    best = min(others, default=None)
    ratio = best / ours if best else None
    return Figure(
        case=name,
        value=ours,
        unit="ms",
        peer=best,
        ratio=ratio,
        goal=goal,
        reached=ratio >= goal if goal and ratio else None,
        more=more,
    )


class Entry(Contender):
    """Remembers what the first step came to."""

    def __init__(self, name: str, command: list[str], environment: dict, firsts: list[dict]):
        super().__init__(name, command, environment)
        self.firsts = firsts

    def answer(self, kind: str) -> dict:
        told = super().answer(kind)
        if kind == "ready":
            self.firsts.append(told)
        return told


def entry(who: str, chromium: str, file: Path, pace: Pace, firsts: list[dict]) -> Entry:
    command = ["node", str(FOLDER / "run.mjs"), chromium, who, str(file)]
    command += ["--seconds", str(pace.seconds), "--warm-up", str(pace.warm_up_seconds)]
    return Entry(who, command, dict(os.environ), firsts)


def agree(firsts: list[dict], names: list[str]) -> None:
    """Speed is compared of those only that compute the same."""
    for who, first in zip(names, firsts):
        for what in ("loss", "norm"):
            if abs(first[what] - firsts[0][what]) > AGREEMENT * abs(firsts[0][what]):
                raise Failed(f"{who}: {what} {first[what]} (expected: {firsts[0][what]})")


def provide() -> str:
    """Fetches the others, once."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None or shutil.which("npm") is None:
        raise Failed("no browser (expected: chromium and npm)")
    if not (FOLDER / "node_modules/@jax-js").exists():
        install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        if subprocess.run(install, cwd=FOLDER, check=False).returncode != 0:
            raise Failed("npm cannot fetch jax-js and TensorFlow.js")
    return chromium
