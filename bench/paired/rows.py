"""The rows there are."""

from dataclasses import dataclass
from typing import Callable

import aggregation
import browsers
import chaos
import crowd
import fleets
import losses
import products
import report
import starts
import traffic
import training
import wasm
from report import Figure
from training import Case


@dataclass(frozen=True)
class Row:
    id: str
    what: str
    measure: Callable[..., list[Figure]]
    peer: str = "PyTorch"

    def result(self, figures: list[Figure]) -> dict:
        return report.result(self.id, figures)


def steps(model: str, goals: dict[int, float]) -> list[Case]:
    """Goals hold for one thread."""
    alone = [Case(model, batch_size, 1, goal) for batch_size, goal in goals.items()]
    return alone + [Case(model, batch_size, 2) for batch_size in goals]


N1 = steps("mnist-cnn", {32: 2.6, 64: 3.0, 256: 3.8})
N2 = steps("mnist-mlp", {32: 2.2, 64: 2.2, 256: 1.6})
N3 = steps("gpt-small", {16: 1.3})

ALL = {
    row.id: row
    for row in (
        Row("N1", "MNIST CNN, training steps", lambda options: training.measure(N1, options)),
        Row("N2", "MNIST MLP, training steps", lambda options: training.measure(N2, options)),
        Row("N3", "small GPT, training steps", lambda options: training.measure(N3, options)),
        Row("N4", "matrix products, share of the FMA peak of a core", products.measure),
        Row("N6", "eight unequal devices against waiting for all", fleets.unequal, "-"),
        Row("N7", "two in a hundred tasks lost", fleets.lossy, "-"),
        Row("N9", "bytes of a task's answer beside f32, without PyTorch", traffic.measure),
        Row("N10", "elements encoded and added up by a core, without PyTorch", aggregation.measure),
        Row("N11", "devices and coordinator killed, frozen, cut off", chaos.under_fire, "-"),
        Row("N12", "first command to first loss, without PyTorch", starts.first_loss),
        Row("N13", "process start to first finished training step", starts.first_step),
        Row("N15", "a training step in headless Chromium beside jax-js and TensorFlow.js", browsers.measure, "best of the others"),
        Row("N16", "WebAssembly in headless Chromium, without PyTorch", wasm.measure),
        Row("N17", "ten thousand simulated devices on one coordinator", crowd.measure, "-"),
        Row("A3", "one device against eight that come and go", chaos.churn, "-"),
        Row("A6", "accuracy with answers of 8 bits", losses.int8, "f32"),
        Row("A7", "accuracy with answers of an eighth of the bytes to a hundredth", losses.fewer, "f32"),
        Row("A10", "loss where moves of local steps have 8 and 4 bits, and powers of two", losses.local, "f32"),
        Row("A17", "throughput left where devices fail", chaos.goodput, "-"),
    )
}
