"""Coordinators, devices and trainings as processes of their own, whose JSON lines tell what they do."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import motley
from contenders import Failed
from proxy import Link

SEED = 7
WAIT_S = 120
TRAINING_S = 1200


class Process:
    """`motley …` whose JSON lines are kept with the time they came at."""

    def __init__(self, home: Path, *arguments: object):
        self.lines: list[tuple[float, dict]] = []
        self._changed = threading.Condition()
        self._is_read = False
        self._err = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            motley.command(*arguments, "--format", "json"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._err,
            text=True,
            env=motley.environment() | {"MOTLEY_HOME": str(home)},
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            if not line.startswith("{"):
                continue
            with self._changed:
                self.lines.append((time.monotonic(), json.loads(line)))
                self._changed.notify_all()
        with self._changed:
            self._is_read = True
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
                if left <= 0 or self._is_read:
                    raise Failed(f"no line `{kind}` within {seconds} s; {self.complaint()}")
                self._changed.wait(min(left, 0.5))

    def times(self, kind: str) -> list[float]:
        with self._changed:
            return [at for at, line in self.lines if line["type"] == kind]

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def complaint(self) -> str:
        self._err.seek(0)
        return self._err.read()[-400:].decode(errors="replace").strip()

    def send(self, number: int) -> None:
        if not self.has_ended():
            self.process.send_signal(number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        self.process.wait()


class Scene:
    """A coordinator, its devices and their links.

    Every other device, beginning with the first, exchanges bulk bytes over HTTP, the rest through
    shared memory; all sessions go over links.
    """

    def __init__(self, devices: int, *, http_only: bool = False, serve: list[object] | None = None):
        self.folder = Path(tempfile.mkdtemp(prefix="motley-chaos-"))
        self.home = self.folder / "home"
        self.home.mkdir()
        self.http_only, self.serve = http_only, serve or []
        self.links: list[Link] = []
        self.devices: list[Process] = []
        self.coordinator = self._serve(0)
        try:
            self._gather(devices)
        except BaseException:
            self.close()
            raise

    def _gather(self, devices: int) -> None:
        url = self.coordinator.wait("serving")[1]["url"]
        self.port = int(url.rsplit(":", 1)[1])
        for i in range(devices):
            self.links.append(Link(self.port, seed=SEED + i))
            self.devices.append(self._join(i))
        for device in self.devices:
            device.wait("joined")

    def _serve(self, port: int) -> Process:
        place = ["--data", self.folder / "coordinator", "--discovery-port", 0]
        return Process(self.home, "serve", "--port", port, *place, *self.serve)

    def _join(self, i: int) -> Process:
        home = self.folder / f"device-{i}"
        home.mkdir(exist_ok=True)
        way = "http" if self.http_only or i % 2 == 0 else "auto"
        options = ["--threads", 1, "--name", f"device-{i}", "--exchange", way]
        return Process(home, "join", f"http://127.0.0.1:{self.links[i].port}", *options)

    def train(self, settings: list[object]) -> Process:
        return Process(self.home, "train", *settings, "--url", f"http://127.0.0.1:{self.port}")

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
        for link in self.links:
            link.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Scene":
        return self

    def __exit__(self, *_) -> None:
        self.close()


def alone(settings: list[object]) -> Process:
    """A training on one device of its own, to its end: what all others are compared with."""
    folder = Path(tempfile.mkdtemp(prefix="motley-chaos-"))
    train = Process(folder, "train", *settings, "--local-devices", 1)
    try:
        train.wait("result", seconds=TRAINING_S)
        train.process.wait()
        return train
    finally:
        train.kill()
        shutil.rmtree(folder, ignore_errors=True)


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
