"""Training steps, Motley and PyTorch in turns."""

import argparse
from dataclasses import dataclass
from statistics import median

import motley
import pytorch
from contenders import Contender, Pace, in_turns
from report import Figure


@dataclass(frozen=True)
class Case:
    """A model at one batch size. The goal is a speed against PyTorch as it comes: eager, with the
    default form of its optimizer."""

    model: str
    batch_size: int
    threads: int
    goal: float | None = None

    def name(self) -> str:
        plural = "" if self.threads == 1 else "s"
        return f"{self.model}, batch {self.batch_size}, {self.threads} thread{plural}"


def measure(cases: list[Case], options: argparse.Namespace) -> list[Figure]:
    figures = []
    for case in cases:
        if options.case in case.name():
            figures += measure_case(case, options)
    return figures


def measure_case(case: Case, options: argparse.Namespace) -> list[Figure]:
    pace = Pace.of(options)
    turns = in_turns(contenders(case, pace, options), pace.rounds)
    own, *peers = [Outcome.of(contender, times) for contender, times in turns.items()]
    if not peers:
        return [figure(case, own, None)]
    return [figure(case, own, peer) for peer in peers]


def contenders(case: Case, pace: Pace, options: argparse.Namespace):
    shared = ["--model", case.model, "--batch-size", case.batch_size, "--threads", case.threads]
    shared += ["--seconds", pace.seconds, "--warm-up", pace.warm_up_seconds]
    own = motley.command("bench", *shared, "--paced", "--format", "json")
    yield Contender("Motley", own, motley.environment())
    if options.alone:
        return
    for name, arguments in (("PyTorch", []), ("PyTorch, fused Adam", ["--fused"])):
        peer = pytorch.command("training.py", *shared, *arguments)
        yield Contender(name, peer, pytorch.environment())


@dataclass(frozen=True)
class Outcome:
    """The median over the rounds; each round tells the median of its steps."""

    name: str
    ms: float
    best_ms: float
    cpu_ms: float
    peak_mib: float | None

    @staticmethod
    def of(contender: Contender, times: list[dict]) -> "Outcome":
        return Outcome(
            contender.name,
            median(time["msPerStep"] for time in times),
            min(time["msPerStepBest"] for time in times),
            median(time["callerCpuMsPerStep"] for time in times),
            contender.peak_mib,
        )


def figure(case: Case, own: Outcome, peer: Outcome | None) -> Figure:
    value = case.batch_size / own.ms * 1e3
    more = {"ms": own.ms, "best ms": own.best_ms, "peak MiB": own.peak_mib}
    if peer is None:
        return Figure(case.name(), value, "samples/s", more=more)
    is_default = peer.name == "PyTorch"
    ratio = peer.ms / own.ms
    goal = case.goal if is_default else None
    more |= {"peer ms": peer.ms, "peer best ms": peer.best_ms, "peer peak MiB": peer.peak_mib}
    more |= {"best ratio": peer.best_ms / own.best_ms}
    # With several threads the caller's time on a processor is only its share of the work.
    more |= {"CPU ratio": peer.cpu_ms / own.cpu_ms if case.threads == 1 else None}
    return Figure(
        case=case.name() + ("" if is_default else ", fused Adam"),
        value=value,
        unit="samples/s",
        peer=case.batch_size / peer.ms * 1e3,
        ratio=ratio,
        goal=goal,
        reached=None if goal is None else ratio >= goal,
        more=more,
    )
