"""Processes that measure themselves when it is their turn, and wait in between."""

import argparse
import json
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class Failed(Exception):
    """Something a person can put right; the text says what."""


@dataclass(frozen=True)
class Pace:
    seconds: float
    rounds: int
    warm_up_seconds: float

    @staticmethod
    def of(options: argparse.Namespace) -> "Pace":
        return Pace(0.3, 3, 3) if options.quick else Pace(1.0, 7, 8)


class Contender:
    """A long-lived process. It says `ready` once it is warm; then, for each line on its standard
    input, it measures once and answers with one JSON line."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]):
        self.name = name
        self.peak_mib: float | None = None
        self.startedAt = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def answer(self, kind: str) -> dict:
        """The next JSON line of a type."""
        for line in self.process.stdout:
            if not line.startswith("{"):
                continue
            told = json.loads(line)
            if told["type"] == kind:
                return told
        raise Failed(f"{self.name} ended with status {self.process.wait()}")

    def measure(self) -> dict:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer("bench")

    def note_memory(self) -> None:
        """The most it ever had at a time; none where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        if status.exists():
            for line in status.read_text().splitlines():
                if line.startswith("VmHWM"):
                    self.peak_mib = int(line.split()[1]) / 1024

    def close(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def in_turns(contenders: Iterable[Contender], rounds: int) -> dict[Contender, list[dict]]:
    """Starts one after another, then measures in turns: what else the machine does hits all."""
    turns: dict[Contender, list[dict]] = {}
    try:
        for contender in contenders:
            turns[contender] = []
            contender.answer("ready")
        for _ in range(rounds):
            for contender, times in turns.items():
                times.append(contender.measure())
        for contender in turns:
            contender.note_memory()
    finally:
        for contender in turns:
            contender.close()
    return turns
