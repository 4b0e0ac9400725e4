"""Writes what PyTorch's losses and their gradients are, as golden files for java/nn.

    pip install -r tools/golden/requirements.txt
    python tools/golden/losses.py

Numbers are float64. Outputs and targets come from formula.py, so the file holds results only: for
each loss one line with every sample's loss, and one with the projection of the gradient of
`Σ weight·loss`.
"""

import pathlib
import sys

import torch
import torch.nn.functional as F

import formula

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "java/nn/src/test/resources/motley/nn/losses.txt"
BATCH, CLASSES = 6, 5


def each(name, **settings):
    """A loss by PyTorch's name: the mean over each sample's outputs."""
    return lambda y, t: getattr(F, name)(y, t, reduction="none", **settings).reshape(
        BATCH, -1).mean(1)


LOSSES = {
    "cross-entropy": ("labels", each("cross_entropy")),
    "cross-entropy-smoothed": ("labels", each("cross_entropy", label_smoothing=0.25)),
    "binary": ("shares", each("binary_cross_entropy_with_logits")),
    "binary-smoothed": ("shares", lambda z, t: each("binary_cross_entropy_with_logits")(
        z, 0.75 * t + 0.125)),
    "squared": ("shares", each("mse_loss")),
    "absolute": ("shares", each("l1_loss")),
    "huber": ("shares", each("huber_loss", delta=0.75)),
    "hinge": ("labels", each("multi_margin_loss")),
    "divergence": ("probabilities", lambda z, t: F.kl_div(
        F.log_softmax(z, 1), t, reduction="none").sum(1)),
}


def lines():
    uniform = torch.tensor(formula.uniform(2, BATCH * CLASSES).reshape(BATCH, CLASSES))
    sparse = torch.where(uniform < 0.25, 0.0, uniform)
    targets = {
        "labels": torch.tensor(formula.labels(1, BATCH, CLASSES)),
        "shares": uniform,
        "probabilities": sparse / sparse.sum(1, keepdim=True),
    }
    weights = torch.arange(1, BATCH + 1, dtype=torch.float64) / 4
    for name, (kind, loss) in LOSSES.items():
        outputs = torch.tensor(6 * formula.uniform(3, BATCH * CLASSES) - 3)
        outputs = outputs.reshape(BATCH, CLASSES).requires_grad_()
        values = loss(outputs, targets[kind])
        (weights * values).sum().backward()
        direction = torch.tensor(2 * formula.uniform(3000, outputs.numel()) - 1)
        yield name, values.tolist()
        yield name + ".gradient", [(outputs.grad.flatten() @ direction).item()]


if __name__ == "__main__":
    header = f"# Written by tools/golden/losses.py with torch {torch.__version__}.\n"
    text = "".join(f"{name} {' '.join(map(repr, values))}\n" for name, values in lines())
    FILE.write_text(header + text)
    print(FILE.relative_to(ROOT), FILE.stat().st_size, "bytes", file=sys.stderr)
