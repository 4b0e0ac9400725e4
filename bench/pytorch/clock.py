"""Measures as `motley bench --paced` does."""

import json
import sys
import time
from typing import Callable


def measure(step: Callable[[], None], seconds: float) -> dict:
    """Runs `step` until `seconds` have passed, once at least."""
    times = []
    cpu_start = time.thread_time_ns()
    before = time.perf_counter_ns()
    end = before + int(seconds * 1e9)
    while not times or before < end:
        step()
        after = time.perf_counter_ns()
        times.append(after - before)
        before = after
    cpu_ms = (time.thread_time_ns() - cpu_start) / 1e6
    times.sort()
    return {
        "type": "bench",
        "msPerStep": times[len(times) // 2] / 1e6,
        "msPerStepBest": times[0] / 1e6,
        "callerCpuMsPerStep": cpu_ms / len(times),
        "steps": len(times),
    }


def pace(reset: Callable[[], None], step: Callable[[], None], seconds: float) -> None:
    tell({"type": "ready"})
    for _ in sys.stdin:
        reset()
        tell(measure(step, seconds))


def tell(fields: dict) -> None:
    print(json.dumps(fields), flush=True)
