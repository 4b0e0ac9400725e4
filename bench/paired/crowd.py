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

# A third of a thousand tasks a second, 29 million a day: BOINC's paper has 8.8 million on one server.
TASK_S = 30

# Devices that want twenty thousand tasks a second and more: whatever the coordinator can do.
EAGER = 1_000
EAGER_TASK_S = 0.05
EVENNESS_GOAL = 0.5
FILES = 12_000


def measure(options: argparse.Namespace) -> list[Figure]:
    allow_files()
    devices, seconds = (1_000, 10) if options.quick else (DEVICES, 60)
    many = under_load("--devices", devices, "--seconds", seconds, "--task-seconds", TASK_S)
    eager = under_load("--devices", EAGER, "--seconds", seconds, "--task-seconds", EAGER_TASK_S)
    return ordinary(*many) + overload(*eager)


def under_load(*arguments: object) -> tuple[dict, dict]:
    """What the load told, and what the coordinator took for it."""
    folder = Path(tempfile.mkdtemp(prefix="motley-load-"))
    place = ["--data", folder / "coordinator", "--discovery-port", 0]
    coordinator = Process(folder, "serve", "--port", 0, *place)
    try:
        url = coordinator.wait("serving")[1]["url"]
        say(f"a coordinator at {url}; load {' '.join(map(str, arguments))}")
        before, begun = processor_seconds(coordinator), time.monotonic()
        told = load(url, *arguments)
        busy = (processor_seconds(coordinator) - before) / (time.monotonic() - begun)
        peak_mib = status(coordinator, "VmHWM") / 1024
    finally:
        coordinator.kill()
        shutil.rmtree(folder, ignore_errors=True)
    for reason, count in told["reasons"].items():
        say(f"{count} times {reason}")
    return told, {"cores": busy, "peak MiB": peak_mib}


def allow_files() -> None:
    """A connection is an open file on either side; processes started from here have the limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < FILES:
        raise Failed(f"open files: {most} (expected: {FILES}; raise it with `ulimit -Hn`)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(FILES, min(most, 1 << 16)), most))


def load(url: str, *arguments: object) -> dict:
    command = motley.command("load", "--url", url, *arguments, "--format", "json")
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


def ordinary(told: dict, cost: dict) -> list[Figure]:
    worst = told["leaseP99Ms"]
    return [
        Figure(
            "lease, 99 of 100",
            worst,
            "ms",
            ratio=LEASE_GOAL_MS / worst,
            goal=1.0,
            reached=worst < LEASE_GOAL_MS,
            more=pace(told) | {"joined in s": told["joinSeconds"]} | cost,
        ),
        nothing_lost("tasks, sessions, transfers lost", told),
    ]


def overload(told: dict, cost: dict) -> list[Figure]:
    even = told["evenness"]
    return [
        Figure(
            "overload: tasks of the least twentieth",
            even,
            "of median",
            ratio=even / EVENNESS_GOAL,
            goal=1.0,
            reached=even >= EVENNESS_GOAL,
            more=pace(told) | cost,
        ),
        nothing_lost("overload: lost", told),
    ]


def pace(told: dict) -> dict:
    return {
        "devices": told["devices"],
        "leases/s": told["leasesPerSecond"],
        "p50 ms": told["leaseP50Ms"],
        "p99 ms": told["leaseP99Ms"],
        "most ms": told["leaseMaxMs"],
        "answer p99": told["answerP99Ms"],
        "transfer p99": told["transferP99Ms"],
    }


def nothing_lost(case: str, told: dict) -> Figure:
    """Tasks without an answer, answers that devices and coordinator count differently, sessions and
    transfers that failed."""
    lost = told["lost"] + told["sessionsLost"] + told["failedTransfers"]
    lost += abs(told["counted"] - told["accepted"])
    return Figure(
        case,
        float(lost),
        "lost",
        ratio=1 / (1 + lost),
        goal=1.0,
        reached=lost == 0,
        more={"of": told["given"], "refused": told["refused"]},
    )
