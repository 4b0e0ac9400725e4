"""Writes metrics of given outputs and targets, as golden files for java/training.

    pip install -r tools/golden/requirements.txt
    python tools/golden/metrics.py

Outputs and targets come from formula.py, so the file holds results only. Ranks, counts and shares
are NumPy's, by the definitions of scikit-learn: macro averages run over the classes that occur as
target or guess, or over all labels where a sample can have several; a share of nothing is 0.
Perplexity and distances are PyTorch's, in float64.
"""

import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

import formula

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "java/training/src/test/resources/motley/training/metrics.txt"
CLASSES = 7


def share(part, whole):
    return part / whole if whole else 0.0


def scores(targets, guesses):
    """Precision, recall and F1 of one class from booleans, by their definitions."""
    right = np.sum(targets & guesses)
    precision = share(right, np.sum(guesses))
    recall = share(right, np.sum(targets))
    return precision, recall, share(2 * precision * recall, precision + recall)


def classes(logits, targets):
    """Rows by name, for logits `[position, class]` and as many targets."""
    order = np.argsort(-logits, axis=1, kind="stable")
    guesses = order[:, 0]
    occurring = sorted(set(targets) | set(guesses))
    each = {c: scores(targets == c, guesses == c) for c in range(CLASSES)}
    macro = np.mean([each[c] for c in occurring], axis=0)
    nats = F.cross_entropy(torch.tensor(logits), torch.tensor(targets))
    yield "accuracy", [np.mean(guesses == targets)]
    for k in (1, 2, 5, CLASSES):
        yield f"top-{k}", [np.mean(np.any(order[:, :k] == targets[:, None], axis=1))]
    yield "precision", [macro[0], *(each[c][0] for c in range(CLASSES))]
    yield "recall", [macro[1], *(each[c][1] for c in range(CLASSES))]
    yield "f1", [macro[2], *(each[c][2] for c in range(CLASSES))]
    yield "perplexity", [torch.exp(nats).item()]
    matrix = np.zeros((CLASSES, CLASSES))
    np.add.at(matrix, (targets, guesses), 1)
    yield "confusion", matrix.flatten()


def several(outputs, targets):
    """Rows by name, for logits and shares `[sample, output]`."""
    guesses, yes = outputs > 0, targets > 0.5
    each = np.array([scores(yes[:, i], guesses[:, i]) for i in range(outputs.shape[1])])
    yield "accuracy", [np.mean(guesses == yes)]
    for name, value in zip(("precision", "recall", "f1"), each.mean(axis=0)):
        yield name, [value]


def uniform(stream, *shape):
    return formula.uniform(stream, int(np.prod(shape))).reshape(shape)


def lines():
    positions = 200
    targets = formula.labels(1, positions, CLASSES - 1)
    logits = 8 * uniform(2, positions, CLASSES) - 4
    logits[np.arange(positions), targets] += 2
    logits[:, CLASSES - 1] -= 64  # neither target nor guess
    yield "classes", classes(logits, targets)
    yield "ties", classes(np.floor(4 * uniform(3, positions, CLASSES)), targets)
    yield "sides", several(8 * uniform(4, 60, 3) - 4, uniform(5, 60, 3))
    distance = F.l1_loss(torch.tensor(uniform(6, 40, 6)), torch.tensor(uniform(7, 40, 6)))
    yield "numbers", [("mae", [distance.item()])]


if __name__ == "__main__":
    header = f"# Written by tools/golden/metrics.py with torch {torch.__version__}.\n"
    text = "".join(
        f"{case}.{name} {' '.join(repr(float(v)) for v in values)}\n"
        for case, rows in lines()
        for name, values in rows
    )
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(header + text)
    print(FILE.relative_to(ROOT), FILE.stat().st_size, "bytes", file=sys.stderr)
