"""Processes that measure themselves when it is their turn, and wait in between."""

import json
import subprocess
import time
from pathlib import Path


class Failed(Exception):
    """Something a person can put right; the text says what."""


class Contender:
    """A long-lived process. It says `ready` once it is warm; then, for each line on its standard
    input, it measures once and answers with one JSON line."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]):
        self.name = name
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

    def peak_mib(self) -> float | None:
        """The most memory it ever had at a time; none where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        if status.exists():
            for line in status.read_text().splitlines():
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) / 1024
        return None

    def close(self) -> None:
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
