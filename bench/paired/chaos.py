"""Real processes under fire: one coordinator, devices behind links of ours, killed, frozen and cut off while they train."""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import motley
from contenders import Failed
from proxy import Link
from report import Figure

SEED = 7
DEVICES = 3
DETECTION_GOAL_S = 3.0
AGAIN_GOAL_S = 10.0
GOODPUT_GOAL = 0.88
MTBF_STEPS = 100
WAIT_S = 60


class Process:
    """`motley …` whose JSON lines are kept with the time they came at."""

    def __init__(self, home: Path, *arguments: object, is_apart: bool = False):
        command = motley.command(*arguments, "--format", "json")
        if is_apart:  # Without the coordinator's shared memory, as on a machine of its own.
            script = 'mount -t tmpfs tmpfs /dev/shm && exec "$@"'
            command = ["unshare", "--mount", "sh", "-c", script, "sh", *command]
        self.lines: list[tuple[float, dict]] = []
        self._changed = threading.Condition()
        self._err = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=self._err,
            text=True,
            env=motley.environment() | {"MOTLEY_HOME": str(home)},
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            with self._changed:
                if line.startswith("{"):
                    self.lines.append((time.monotonic(), json.loads(line)))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def wait(self, kind: str, after: float = 0.0, seconds: float = WAIT_S) -> tuple[float, dict]:
        """The first line of a type that came later than `after`."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                for at, line in self.lines:
                    if line["type"] == kind and at > after:
                        return at, line
                left = end - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and left < seconds - 2):
                    raise Failed(f"no line `{kind}` within {seconds} s; {self.complaint()}")
                self._changed.wait(min(left, 0.5))

    def times(self, kind: str) -> list[float]:
        with self._changed:
            return [at for at, line in self.lines if line["type"] == kind]

    def complaint(self) -> str:
        self._err.seek(0)
        return self._err.read()[-400:].decode(errors="replace").strip()

    def send(self, number: int) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        self.process.wait()


class Scene:
    """A coordinator, its devices and their links."""

    def __init__(self, data: str, settings: list[object]):
        self.folder = Path(tempfile.mkdtemp(prefix="motley-chaos-"))
        self.home = self.folder / "home"
        self.home.mkdir()
        self.data, self.settings = data, settings
        self.is_apart = os.geteuid() == 0 and can_be_apart()
        self.joins = 0
        self.coordinator = self._serve(0)
        url = self.coordinator.wait("serving")[1]["url"]
        self.port = int(url.rsplit(":", 1)[1])
        self.links = [Link(self.port) for _ in range(DEVICES)]
        self.devices = [self._join(i) for i in range(DEVICES)]
        for device in self.devices:
            device.wait("joined")

    def _serve(self, port: int) -> Process:
        place = ["--data", self.folder / "coordinator", "--discovery-port", 0]
        return Process(self.home, "serve", "--port", port, *place)

    def _join(self, i: int) -> Process:
        url = f"http://127.0.0.1:{self.links[i].port}"
        home = self.folder / f"device-{i}"
        home.mkdir(exist_ok=True)
        name = ["--threads", 1, "--name", f"device-{i}"]
        return Process(home, "join", url, *name, is_apart=self.is_apart)

    def train(self) -> Process:
        url = f"http://127.0.0.1:{self.port}"
        return Process(
            self.home, "train", *self.settings, "--data", self.data, "--url", url, "--seed", SEED
        )

    def restart_device(self, i: int) -> None:
        self.devices[i].kill()
        self.devices[i] = self._join(i)

    def restart_coordinator(self) -> None:
        self.coordinator.kill()
        self.coordinator = self._serve(self.port)

    def close(self) -> None:
        for process in [*self.devices, self.coordinator]:
            process.send(signal.SIGCONT)
            process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def can_be_apart() -> bool:
    trial = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/dev/shm"]
    return subprocess.run(trial, capture_output=True).returncode == 0


@dataclass
class Outcome:
    weights: str
    seconds: float
    rounds: int
    detection_s: dict[str, list[float]] = field(default_factory=dict)
    again_s: dict[str, list[float]] = field(default_factory=dict)
    recomputed: int = 0
    failures: int = 0


def followed(train: Process) -> Outcome:
    """What came of a training that has been started."""
    ended, result = train.wait("result", seconds=900)
    train.process.wait()
    rounds = [line["round"] for _, line in train.lines if line["type"] == "round"]
    begun = train.times("round")[0]
    seen = len(set(rounds))
    return Outcome(result["weightsSha256"], ended - begun, seen, recomputed=len(rounds) - seen)


def undisturbed(scene: Scene) -> Outcome:
    return followed(scene.train())


def under_fire(scene: Scene, pause_s: float) -> Outcome:
    """One blow after the other until the training ends; each is given time to heal."""
    train = scene.train()
    train.wait("round")
    strike = Blows(scene, train)
    chance = random.Random(SEED)
    while train.process.poll() is None:
        for blow in chance.sample(strike.all(), len(strike.all())):
            if train.process.poll() is not None or train.times("result"):
                break
            if not strike.all_work():
                break
            time.sleep(pause_s)
            blow()
    outcome = followed(train)
    outcome.detection_s, outcome.again_s = strike.detection_s, strike.again_s
    outcome.failures = strike.count
    return outcome


class Blows:
    def __init__(self, scene: Scene, train: Process):
        self.scene, self.train = scene, train
        self.detection_s: dict[str, list[float]] = {}
        self.again_s: dict[str, list[float]] = {}
        self.count = 0
        self.chance = random.Random(SEED + 1)

    def all(self):
        return [self.killed, self.frozen, self.cut_off, self.slowed, self.coordinator_killed]

    def killed(self) -> None:
        i = self._victim()
        at = time.monotonic()
        self.scene.devices[i].kill()
        self._noticed("device killed", at)
        self.scene.restart_device(i)

    def frozen(self) -> None:
        device = self.scene.devices[self._victim()]
        at = time.monotonic()
        device.send(signal.SIGSTOP)
        self._noticed("device frozen", at)
        device.send(signal.SIGCONT)

    def cut_off(self) -> None:
        link = self.scene.links[self._victim()]
        at = time.monotonic()
        link.cut()
        self._noticed("link cut", at)
        link.mend()

    def slowed(self) -> None:
        link = self.scene.links[self._victim()]
        at = time.monotonic()
        link.slow(0.05, 1e6)
        self._works("link slowed", at)
        time.sleep(1)
        link.mend()

    def coordinator_killed(self) -> None:
        at = time.monotonic()
        self.scene.restart_coordinator()
        self._works("coordinator killed", at)

    def all_work(self) -> bool:
        """Waits until every device has computed something since the last blow; false at the end."""
        since = time.monotonic()
        for device in self.scene.devices:
            while not any(at > since for at in device.times("computed")):
                if self.train.process.poll() is not None or self.train.times("result"):
                    return False
                if time.monotonic() - since > WAIT_S:
                    raise Failed(f"a device has no work for {WAIT_S} s; {device.complaint()}")
                time.sleep(0.1)
        return True

    def _victim(self) -> int:
        self.count += 1
        return self.chance.randrange(DEVICES)

    def _noticed(self, what: str, at: float) -> None:
        try:
            seen, _ = self.train.wait("device-left", after=at, seconds=10)
        except Failed:
            if self.train.times("result"):  # It ended before anybody could notice.
                return
            raise
        self.detection_s.setdefault(what, []).append(seen - at)
        self._works(what, seen)

    def _works(self, what: str, at: float) -> None:
        try:
            seen, _ = self.train.wait("round", after=at, seconds=60)
        except Failed:
            if self.train.times("result"):
                return
            raise
        self.again_s.setdefault(what, []).append(seen - at)


def failing_devices(scene: Scene) -> Outcome:
    """Each device is killed once in a hundred rounds, on average, and started again at once."""
    train = scene.train()
    train.wait("round")
    chance = random.Random(SEED)
    next_failure = chance.expovariate(DEVICES / MTBF_STEPS)
    failures = 0
    while train.process.poll() is None:
        if len(train.times("round")) >= next_failure:
            scene.restart_device(chance.randrange(DEVICES))
            failures += 1
            next_failure += chance.expovariate(DEVICES / MTBF_STEPS)
        time.sleep(0.02)
    outcome = followed(train)
    outcome.failures = failures
    return outcome


def measure(options: argparse.Namespace) -> list[Figure]:
    data = options.data or "mnist"
    steps = ["mnist-mlp", "--epochs", 12 if options.quick else 40, "--batch-size", 96, "--tasks", 6]
    heavy = ["mnist-cnn", "--epochs", 1 if options.quick else 3, "--batch-size", 480, "--tasks", 12]
    figures = blows(data, steps, 0.2 if options.quick else 1.0)
    if not options.quick:
        figures += goodput(data, heavy)
    return figures


def blows(data: str, settings: list[object], pause_s: float) -> list[Figure]:
    scene = Scene(data, settings)
    try:
        calm = undisturbed(scene)
        fire = under_fire(scene, pause_s)
    finally:
        scene.close()
    figures = [same_weights("weights under fire", calm, fire)]
    for what, times in fire.detection_s.items():
        figures.append(worst(f"{what}: noticed", times, DETECTION_GOAL_S))
    for what, times in fire.again_s.items():
        figures.append(worst(f"{what}: work again", times, AGAIN_GOAL_S))
    figures.append(
        Figure(
            "rounds computed again",
            float(fire.recomputed),
            "rounds",
            more={"of": fire.rounds, "seconds": fire.seconds, "undisturbed s": calm.seconds},
        )
    )
    return figures


def goodput(data: str, settings: list[object]) -> list[Figure]:
    scene = Scene(data, settings)
    try:
        undisturbed(scene)  # Programs and samples are with the devices from here on.
        calm = undisturbed(scene)
        failing = failing_devices(scene)
    finally:
        scene.close()
    share = calm.seconds / failing.seconds
    return [
        same_weights("weights with failing devices", calm, failing),
        Figure(
            "goodput, a failure every 100 rounds a device",
            share,
            "of calm",
            ratio=share / GOODPUT_GOAL,
            goal=1.0,
            reached=share >= GOODPUT_GOAL,
            more={"times": failing.failures, "of": failing.rounds},
        ),
    ]


def same_weights(case: str, calm: Outcome, other: Outcome) -> Figure:
    is_same = calm.weights == other.weights
    return Figure(
        case,
        1.0 if is_same else 0.0,
        "equal",
        reached=is_same,
        more={"times": other.failures, "sha256": other.weights[:12]},
    )


def worst(case: str, times: list[float], goal: float) -> Figure:
    longest = max(times)
    return Figure(
        case,
        longest,
        "s at most",
        ratio=goal / longest,
        goal=1.0,
        reached=longest < goal,
        more={"times": len(times), "goal s": goal},
    )
