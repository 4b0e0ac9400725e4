"""Ten thousand simulated devices on one coordinator, over real sockets (`motley load`)."""

import argparse
import json
import os
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import motley
from contenders import Failed
from processes import Process, say
from report import Figure

DEVICES = 10_000
LEASE_GOAL_MS = 100.0
FILES = 12_000


def measure(options: argparse.Namespace) -> list[Figure]:
    allow_files()
    folder = Path(tempfile.mkdtemp(prefix="motley-load-"))
    place = ["--data", folder / "coordinator", "--discovery-port", 0]
    coordinator = Process(folder, "serve", "--port", 0, *place)
    try:
        url = coordinator.wait("serving")[1]["url"]
        say(f"a coordinator at {url}")
        before, begun = processor_seconds(coordinator), time.monotonic()
        told = load(options, url)
        busy = (processor_seconds(coordinator) - before) / (time.monotonic() - begun)
        peak_mib = status(coordinator, "VmHWM") / 1024
    finally:
        coordinator.kill()
        shutil.rmtree(folder, ignore_errors=True)
    return figures(told, busy, peak_mib)


def allow_files() -> None:
    """A connection is an open file on either side; processes started from here have the limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < FILES:
        raise Failed(f"open files: {most} (expected: {FILES}; raise it with `ulimit -Hn`)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(FILES, min(most, 1 << 16)), most))


def load(options: argparse.Namespace, url: str) -> dict:
    devices = 1_000 if options.quick else DEVICES
    seconds = 10 if options.quick else 60
    command = motley.command(
        *("load", "--url", url, "--devices", devices, "--seconds", seconds, "--format", "json")
    )
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=motley.environment())
    if done.returncode != 0:
        raise Failed(f"motley load ended with status {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def status(process: Process, name: str) -> int:
    """A figure of the system about a process, in KiB."""
    for line in Path(f"/proc/{process.process.pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise Failed(f"{name}: not told (expected: by this system)")


def processor_seconds(process: Process) -> float:
    fields = Path(f"/proc/{process.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def figures(told: dict, busy: float, peak_mib: float) -> list[Figure]:
    lost = told["lost"] + told["sessionsLost"] + told["failedTransfers"]
    lost += abs(told["counted"] - told["accepted"])
    worst = told["leaseP99Ms"]
    more = {"median ms": told["leaseP50Ms"], "longest ms": told["leaseMaxMs"]}
    more |= {"devices": told["devices"], "leases/s": told["leasesPerSecond"]}
    more |= {"answer p99 ms": told["answerP99Ms"], "transfer p99 ms": told["transferP99Ms"]}
    more |= {"cores": busy, "peak MiB": peak_mib, "refused": told["refused"]}
    for reason, count in told["reasons"].items():
        say(f"{count} times {reason}")
    return [
        Figure(
            "lease, 99 of 100",
            worst,
            "ms",
            ratio=LEASE_GOAL_MS / worst,
            goal=1.0,
            reached=worst < LEASE_GOAL_MS,
            more=more,
        ),
        Figure(
            "tasks, sessions, transfers lost",
            float(lost),
            "lost",
            ratio=1.0 if lost == 0 else 1 / (1 + lost),
            goal=1.0,
            reached=lost == 0,
            more={"of": told["given"], "joined in s": told["joinSeconds"]},
        ),
    ]
