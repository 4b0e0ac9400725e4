"""Matrix products in a browser's WebAssembly: plans of Motley in headless Chromium, without PyTorch."""

import argparse
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median

import motley
from contenders import Contender, Failed, Pace, in_turns
from pytorch import ROOT
from report import Figure

GOAL_GFLOPS = 12
SIZE = 512
CASES = {
    f"product {SIZE}, SIMD": ([f"product:{SIZE}"], GOAL_GFLOPS),
    f"product {SIZE}, relaxed SIMD": ([f"product:{SIZE}", "--relaxed-simd"], None),
    "mnist-cnn, gradient of 32, SIMD": (["mnist-cnn", "--batch-size", 32], None),
    "mnist-cnn, gradient of 32, relaxed SIMD": (["mnist-cnn", "--batch-size", 32, "--relaxed-simd"], None),
}

# Two plans in turns, the second for so many threads: how many times as fast it is.
THREADS = {
    "mnist-cnn, gradient of 32, 2 threads": ["mnist-cnn", "--batch-size", 32, "--relaxed-simd"],
}


def measure(options: argparse.Namespace) -> list[Figure]:
    chosen = {name: case for name, case in CASES.items() if options.case in name}
    together = {name: plan for name, plan in THREADS.items() if options.case in name}
    with tempfile.TemporaryDirectory() as folder:
        figures = [figure(name, *case, options, Path(folder)) for name, case in chosen.items()]
        return figures + [threads(name, plan, options, Path(folder)) for name, plan in together.items()]


def threads(name: str, plan: list, options, folder: Path) -> Figure:
    pace = Pace.of(options)
    environment = browser()
    runs = [runner([*plan, "--threads", count], pace, folder / f"{count}.json", environment, f"{count} threads") for count in (1, 2)]
    one, two = in_turns(runs, pace.rounds).values()
    if {time["sum"] for time in one} != {time["sum"] for time in two}:
        raise Failed(f"{name}: other bits (expected: those of one thread)")
    before, after = (median(time["msPerStep"] for time in times) for times in (one, two))
    return Figure(case=name, value=after, unit="ms", peer=before, ratio=before / after, more={"one thread ms": before})


def runner(plan: list, pace: Pace, file: Path, environment: dict, name: str) -> Contender:
    with file.open("wb") as to:
        subprocess.run(motley.command("model", "plan", *plan), stdout=to, check=True)
    command = ["node", str(ROOT / "bench/wasm/plan.mjs"), "--seconds", str(pace.seconds)]
    return Contender(name, [*command, "--warm-up", str(pace.warm_up_seconds), str(file)], environment)


def figure(name: str, plan: list, goal: float | None, options, folder: Path) -> Figure:
    pace = Pace.of(options)
    run = runner(plan, pace, folder / "plan.json", browser(), "Motley")
    (times,) = in_turns([run], pace.rounds).values()
    ms = median(time["msPerStep"] for time in times)
    best = min(time["bestMs"] for time in times)
    if not name.startswith("product"):
        return Figure(case=name, value=ms, unit="ms", more={"best ms": best})
    gflop = 2 * SIZE**3 / 1e9
    value = gflop / ms * 1e3
    return Figure(
        case=name,
        value=value,
        unit="GFLOP/s",
        ratio=value / goal if goal else None,
        reached=value >= goal if goal else None,
        more={"best GFLOP/s": gflop / best * 1e3, "goal GFLOP/s": goal},
    )


def browser() -> dict[str, str]:
    """The environment that names a browser and what drives it, fetched if they are missing."""
    script = 'set -eu; root=$1; . "$root/bench/wasm/provide.bash"; provide_browser; env -0'
    told = subprocess.run(["bash", "-c", script, "-", str(ROOT)], capture_output=True, check=False)
    if told.returncode != 0:
        raise Failed(f"no browser: {told.stderr.decode().strip()} (expected: npm and chromium)")
    named = (line.partition("=") for line in told.stdout.decode().split("\0") if line)
    return dict(os.environ) | {name: value for name, _, value in named}
