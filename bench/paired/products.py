"""Matrix products on one core, as a share of the fastest that core can multiply and add."""

import argparse
from statistics import median

import motley
import pytorch
from contenders import Contender, Pace, in_turns
from report import Figure

SIZES = (512, 1024, 2048)
GOAL_SHARE = 0.8


def measure(options: argparse.Namespace) -> list[Figure]:
    named = {f"{size} x {size}, 1 thread": size for size in SIZES}
    return [case(name, size, options) for name, size in named.items() if options.case in name]


def case(name: str, size: int, options: argparse.Namespace) -> Figure:
    pace = Pace.of(options)
    own, *peers = in_turns(contenders(size, pace, options), pace.rounds).values()
    value = share(size, own, own)
    peer = share(size, peers[0], own) if peers else None
    gflops = median(time["gflopsPerSecond"] for time in own)
    peak = median(time["peakGflopsPerSecond"] for time in own)
    return Figure(
        case=name,
        value=value,
        unit="of FMA peak",
        peer=peer,
        ratio=value / peer if peer else None,
        reached=value >= GOAL_SHARE,
        # By time on a processor, which holds on a busy machine too.
        more={"CPU share": share(size, own, own, "callerCpuMsPerStep"), "goal share": GOAL_SHARE}
        | {"GFLOP/s": gflops, "peak GFLOP/s": peak},
    )


def share(size: int, times: list[dict], peaks: list[dict], ms: str = "msPerStep") -> float:
    """Each round by the peak of the same round: the clock of a processor does not stay."""
    gflop = 2 * size**3 / 1e9
    return median(
        gflop / time[ms] * 1e3 / peak["peakGflopsPerSecond"]
        for time, peak in zip(times, peaks)
    )


def contenders(size: int, pace: Pace, options: argparse.Namespace):
    shared = ["--product", size, "--threads", 1, "--seconds", pace.seconds]
    shared += ["--warm-up", pace.warm_up_seconds]
    own = motley.command("bench", *shared, "--paced", "--format", "json")
    yield Contender("Motley", own, motley.environment())
    if not options.alone:
        peer = pytorch.command("product.py", *shared)
        yield Contender("PyTorch", peer, pytorch.environment())
