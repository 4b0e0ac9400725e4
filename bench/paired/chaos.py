"""Real processes under fire: a coordinator and devices behind links of ours, killed, frozen and cut off while they train."""

import argparse
import random
import signal
import threading
import time
from dataclasses import dataclass

from contenders import Failed
from processes import SEED, TRAINING_S, WAIT_S, Process, Scene, alone, say
from report import Figure

DEVICES = 3
DETECTION_GOAL_S = 3.0
AGAIN_GOAL_S = 10.0

# While blows fall, links are as slow as those of a town, so that a training lasts long enough.
TOWN_S = 0.03

GOODPUT_GOAL = 0.88
GOODPUT_DEVICES = 4
MTBF_STEPS = 100
# A device that sends and receives at this pace works as fast as its line, whatever else the
# processors of this machine are busy with.
LINE_BYTES_PER_S = 4e6

CROWD = 8
SHAKE_S = 0.05
CHURN_S = 3.0

# Whatever is applied is stored: a crash may cost a round in the making and no other.
EACH_ROUND = ["--checkpoint-every", 0.001]


@dataclass(frozen=True)
class Outcome:
    """What came of a training."""

    weights: str
    seconds: float
    rounds: int
    recomputed: int

    @staticmethod
    def of(train: Process) -> "Outcome":
        ended, result = train.wait("result", seconds=TRAINING_S)
        train.process.wait()
        rounds = [line["round"] for _, line in train.lines if line["type"] == "round"]
        seen = len(set(rounds))
        begun = train.times("round")[0]
        return Outcome(result["weightsSha256"], ended - begun, seen, len(rounds) - seen)


def settings(options: argparse.Namespace, epochs: int, **others: object) -> list[object]:
    shared = {"epochs": epochs, "batch-size": 96, "tasks": 6, "seed": SEED} | others
    flags = [part for name, value in shared.items() for part in (f"--{name}", value)]
    return ["mnist-mlp", "--data", options.data or "mnist", *flags]


def under_fire(options: argparse.Namespace) -> list[Figure]:
    """N11 and A16."""
    what = settings(options, 5 if options.data else 1, tasks=12)
    say("an undisturbed training on one device")
    calm = Outcome.of(alone(what))
    say(f"{calm.rounds} rounds; now with {DEVICES} devices, and blows")
    with Scene(DEVICES, serve=EACH_ROUND) as scene:
        for link in scene.links:
            link.form(TOWN_S)
        train = scene.train(what)
        train.wait("round")
        blows = Blows(scene, train)
        for _ in range(1 if options.quick else 4):
            blows.each_once()
        for link in scene.links:
            link.form()
        say("no more blows")
        fire = Outcome.of(train)
    figures = [same_weights("weights under fire", calm, fire, blows.count)]
    figures += [worst(f"{name}: noticed", times, DETECTION_GOAL_S) for name, times in blows.noticed]
    figures += [worst(f"{name}: work again", times, AGAIN_GOAL_S) for name, times in blows.works]
    return figures + [lost_work(fire, blows.crashes)]


class Blows:
    """What is done to the processes of a scene, and how long it took to be noticed and to heal."""

    def __init__(self, scene: Scene, train: Process):
        self.scene, self.train = scene, train
        self.count = 0
        self.crashes = 0
        self._noticed: dict[str, list[float]] = {}
        self._works: dict[str, list[float]] = {}
        self._chance = random.Random(SEED)

    @property
    def noticed(self):
        return self._noticed.items()

    @property
    def works(self):
        return self._works.items()

    def each_once(self) -> None:
        for blow in (
            self.device_killed,
            self.device_frozen,
            self.link_cut,
            self.link_slowed,
            self.coordinator_killed,
            self.coordinator_frozen,
        ):
            self._await_all_at_work()
            self.count += 1
            blow()

    def device_killed(self) -> None:
        i = self._victim()
        at = time.monotonic()
        self.scene.devices[i].kill()
        seen = self._seen(self.train, "device-left", at)
        self._works_again("device killed", at, seen)
        self.scene.restart_device(i)

    def device_frozen(self) -> None:
        device = self.scene.devices[self._victim()]
        at = time.monotonic()
        device.send(signal.SIGSTOP)
        seen = self._seen(self.train, "device-left", at)
        self._works_again("device frozen", at, seen)
        device.send(signal.SIGCONT)

    def link_cut(self) -> None:
        link = self.scene.links[self._victim()]
        at = time.monotonic()
        link.cut()
        seen = self._seen(self.train, "device-left", at)
        self._works_again("link cut", at, seen)
        link.mend()

    def link_slowed(self) -> None:
        link = self.scene.links[self._victim()]
        at = time.monotonic()
        link.form(0.3, 0.3, 0.5e6)
        self._works_again("link slowed", at)
        time.sleep(1)
        link.form(TOWN_S)

    def coordinator_killed(self) -> None:
        self.crashes += 1
        at = time.monotonic()
        self.scene.coordinator.kill()
        seen = self._seen(self.scene.devices[0], "away", at)
        self.scene.restart_coordinator()
        self._works_again("coordinator killed", at, seen)

    def coordinator_frozen(self) -> None:
        at = time.monotonic()
        self.scene.coordinator.send(signal.SIGSTOP)
        seen = self._seen(self.scene.devices[0], "away", at)
        self.scene.coordinator.send(signal.SIGCONT)
        self._works_again("coordinator frozen", at, seen)

    def _victim(self) -> int:
        return self._chance.randrange(len(self.scene.devices))

    def _await_all_at_work(self) -> None:
        """Waits until every device has computed something from now on."""
        since = time.monotonic()
        for device in self.scene.devices:
            try:
                device.wait("computed", after=since)
            except Failed as failure:
                if self.train.times("result"):
                    raise Failed(
                        f"the training was over after {self.count} blows (expected: later)"
                    ) from failure
                raise

    @staticmethod
    def _seen(by: Process, kind: str, at: float) -> float:
        return by.wait(kind, after=at)[0]

    def _works_again(self, what: str, at: float, seen: float | None = None) -> None:
        """Both times count from the blow; work flows again with the first round that begins later
        than it was noticed."""
        again = self.train.wait("round", after=seen or at, seconds=WAIT_S)[0]
        if seen is not None:
            self._noticed.setdefault(what, []).append(seen - at)
        self._works.setdefault(what, []).append(again - at)
        noticed = "" if seen is None else f"noticed after {seen - at:.2f} s, "
        say(f"{what}: {noticed}work again after {again - at:.2f} s")


def goodput(options: argparse.Namespace) -> list[Figure]:
    """A17: what is left of the throughput where each device is killed once in a hundred rounds, on
    average, and started again at once."""
    epochs = (3 if options.quick else 12) if options.data else 1
    what = settings(options, epochs, **{"batch-size": 480, "tasks": 12})
    with Scene(GOODPUT_DEVICES, http_only=True) as scene:
        for link in scene.links:
            link.form(bytes_per_s=LINE_BYTES_PER_S)
        say("undisturbed")
        calm = Outcome.of(scene.train(what))
        say(f"{calm.rounds} rounds in {calm.seconds:.1f} s; now with failing devices")
        failing, failures = failing_devices(scene, what)
    share = calm.seconds / failing.seconds
    return [
        same_weights("weights with failing devices", calm, failing, failures),
        Figure(
            f"goodput, a failure every {MTBF_STEPS} rounds a device",
            share,
            "of calm",
            ratio=share / GOODPUT_GOAL,
            goal=1.0,
            reached=share >= GOODPUT_GOAL,
            more={"times": failures, "of": failing.rounds, "seconds": failing.seconds},
        ),
    ]


def failing_devices(scene: Scene, what: list[object]) -> tuple[Outcome, int]:
    train = scene.train(what)
    train.wait("round")
    chance = random.Random(SEED)
    rate = GOODPUT_DEVICES / MTBF_STEPS
    failures, next_failure = 0, chance.expovariate(rate)
    while not train.has_ended():
        done = len(train.times("round"))
        if done >= next_failure:
            i = chance.randrange(GOODPUT_DEVICES)
            scene.restart_device(i)
            failures += 1
            next_failure += chance.expovariate(rate)
            say(f"round {done}: device {i} killed and started again")
        time.sleep(0.02)
    return Outcome.of(train), failures


def churn(options: argparse.Namespace) -> list[Figure]:
    """A3: one device against eight that come and go over links whose messages overtake each
    other."""
    what = settings(options, 8 if options.data else 1)
    say("an undisturbed training on one device")
    calm = Outcome.of(alone(what))
    say(f"{calm.rounds} rounds; now with {CROWD} devices that come and go")
    with Scene(CROWD) as scene:
        for link in scene.links:
            link.form(shake_s=SHAKE_S)
        train = scene.train(what)
        train.wait("round")
        gone = ComeAndGo(scene, train)
        many = Outcome.of(train)
        gone.join()
        repeated = gone.refused + sum(len(d.times("refused")) for d in scene.devices)
    return [
        same_weights("one device, eight that come and go", calm, many, gone.count),
        Figure(
            "tasks answered more than once or too late",
            float(repeated),
            "answers",
            more={"of": many.rounds * 6, "seconds": many.seconds},
        ),
    ]


class ComeAndGo(threading.Thread):
    """Kills a device every few seconds, or ends it in order, and starts it again."""

    def __init__(self, scene: Scene, train: Process):
        super().__init__(daemon=True)
        self.scene, self.train = scene, train
        self.count = 0
        self.refused = 0
        self.start()

    def run(self) -> None:
        chance = random.Random(SEED)
        while not self.train.times("result") and not self.train.has_ended():
            i = chance.randrange(CROWD)
            device = self.scene.devices[i]
            self.refused += len(device.times("refused"))
            if chance.random() < 0.5:
                device.send(signal.SIGTERM)
                device.process.wait(WAIT_S)
            self.scene.restart_device(i)
            self.count += 1
            time.sleep(CHURN_S)


def same_weights(case: str, calm: Outcome, other: Outcome, times: int) -> Figure:
    is_same = calm.weights == other.weights
    return Figure(
        case,
        1.0 if is_same else 0.0,
        "equal",
        reached=is_same and times > 0,
        more={"times": times, "sha256": other.weights[:12]},
    )


def lost_work(fire: Outcome, crashes: int) -> Figure:
    each = fire.recomputed / crashes
    return Figure(
        "coordinator killed: rounds computed again",
        each,
        "rounds each",
        ratio=1 / each if each else 1e3,
        goal=1.0,
        reached=each <= 1,
        more={"times": crashes, "of": fire.rounds, "seconds": fire.seconds},
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
