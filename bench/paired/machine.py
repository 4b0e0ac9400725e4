"""What this machine is and how busy it was before the measurement."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

# Others' work that takes more than this share of the cores shows in the figures.
BUSY_SHARE = 0.25


@dataclass(frozen=True)
class Description:
    processor: str
    cores: int
    load: float

    def is_busy(self) -> bool:
        return self.load > BUSY_SHARE * self.cores

    def line(self) -> str:
        return f"{self.processor}, {self.cores} cores, load before {self.load:.2f}"

    def fields(self) -> dict:
        return {"processor": self.processor, "cores": self.cores, "loadBefore": self.load}


def describe() -> Description:
    return Description(processor(), len(os.sched_getaffinity(0)), round(os.getloadavg()[0], 2))


def processor() -> str:
    known = Path("/proc/cpuinfo")
    if known.exists():
        for line in known.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
