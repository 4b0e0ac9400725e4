"""Writes what PyTorch computes for the models of java/nn, as golden files for its tests.

    pip install -r tools/golden/requirements.txt
    python tools/golden/training.py

Numbers are float64; names that end in `32` are what PyTorch gets in float32, a yardstick for what
float32 can reach. Weights and samples come from formula.py, so the files hold results only: one
line each, a name and its numbers.
"""

import pathlib
import sys

import torch
import torch.nn.functional as F

import formula

ROOT = pathlib.Path(__file__).resolve().parents[2]
SMALL = ROOT / "java/nn/src/test/resources/motley/nn/training.txt"
FULL = ROOT / "java/simulation/src/test/resources/motley/simulation/training.txt"
STEPS = 10
CLASSES = 10


class Model:
    """Layers as Motley has them: images [batch, rows, cols, channel], filters [r, c, in, out]."""

    def __init__(self, shape, layers, dtype):
        self.shape, self.layers, self.dtype = shape, layers, dtype
        self.parameters = []
        rows, cols, channels = shape
        size = None
        for kind, *settings in layers:
            if kind == "conv":
                filters, kernel, stride, border = settings
                self._add((kernel, kernel, channels, filters))
                shrink = kernel - 1 if border == "valid" else 0
                rows, cols = ((n - shrink - 1) // stride + 1 for n in (rows, cols))
                channels = filters
            elif kind == "pool":
                rows, cols = rows // settings[0], cols // settings[0]
            elif kind == "flatten":
                size = rows * cols * channels
            elif kind == "dense":
                self._add((size, settings[0]))
                size = settings[0]

    def _add(self, shape):
        for s in (shape, shape[-1:]):
            values = formula.weights(len(self.parameters), s)
            self.parameters.append(torch.tensor(values, dtype=self.dtype, requires_grad=True))

    def logits(self, x):
        parameters = iter(self.parameters)
        for kind, *settings in self.layers:
            if kind == "conv":
                x = conv(x, next(parameters), next(parameters), *settings[1:])
            elif kind == "relu":
                x = F.relu(x)
            elif kind == "pool":
                x = F.max_pool2d(x.permute(0, 3, 1, 2), settings[0]).permute(0, 2, 3, 1)
            elif kind == "flatten":
                x = x.reshape(x.shape[0], -1)
            elif kind == "dense":
                x = x @ next(parameters) + next(parameters)
        return x


def conv(x, w, bias, kernel, stride, border):
    x = x.permute(0, 3, 1, 2)
    if border == "same":
        rows, cols = (max(0, (-(-n // stride) - 1) * stride + kernel - n) for n in x.shape[2:])
        x = F.pad(x, (cols // 2, cols - cols // 2, rows // 2, rows - rows // 2))
    return F.conv2d(x, w.permute(3, 2, 0, 1), bias, stride).permute(0, 2, 3, 1)


SMALL_CNN = ((8, 8, 1), [("conv", 4, 3, 1, "valid"), ("relu",), ("conv", 8, 3, 1, "valid"),
                         ("relu",), ("pool", 2), ("flatten",), ("dense", 16), ("relu",),
                         ("dense", CLASSES)])
SMALL_MLP = ((8, 8, 1), [("flatten",), ("dense", 24), ("relu",), ("dense", 16), ("relu",),
                         ("dense", CLASSES)])
STRIDED = ((8, 7, 2), [("conv", 4, 3, 2, "same"), ("relu",), ("conv", 6, 2, 1, "same"),
                       ("relu",), ("flatten",), ("dense", CLASSES)])
MNIST_CNN = ((28, 28, 1), [("conv", 32, 3, 1, "valid"), ("relu",), ("conv", 64, 3, 1, "valid"),
                           ("relu",), ("pool", 2), ("flatten",), ("dense", 128), ("relu",),
                           ("dense", CLASSES)])
MNIST_MLP = ((28, 28, 1), [("flatten",), ("dense", 512), ("relu",), ("dense", 256), ("relu",),
                           ("dense", CLASSES)])

OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, lr=2**-11, betas=(0.9, 0.999), eps=1e-8),
    "sgd": lambda p: torch.optim.SGD(p, lr=2**-5, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, lr=2**-5, momentum=0.9, nesterov=True),
}


def train(name, model, optimizer, batch, counted, dtype=torch.float64):
    """Lines of one run: mean losses, the first gradients, the last parameters."""
    net = Model(*model, dtype)
    steps = OPTIMIZERS[optimizer](net.parameters)
    losses, first = [], []
    for step in range(1, STEPS + 1):
        images = torch.tensor(formula.images(1000 + step, (batch, *net.shape)), dtype=dtype)
        labels = torch.tensor(formula.labels(2000 + step, batch, CLASSES))
        each = F.cross_entropy(net.logits(images), labels, reduction="none")
        loss = each[:counted].sum() / counted
        steps.zero_grad()
        loss.backward()
        if step == 1:
            first = [p.grad.flatten().clone() for p in net.parameters]
        steps.step()
        losses.append(loss.item())
    last = net.parameters
    suffix = "" if dtype == torch.float64 else "32"
    yield f"{name}.{optimizer}.loss{suffix}", losses
    yield f"{name}.{optimizer}.gradientNorm{suffix}", [g.norm().item() for g in first]
    yield f"{name}.{optimizer}.gradientProjection{suffix}", [projection(g) for g in first]
    yield f"{name}.{optimizer}.parameterProjection{suffix}", [projection(p) for p in last]


def projection(x):
    """The product with a fixed direction, in which every element counts."""
    direction = 2 * formula.uniform(3000, x.numel()) - 1
    return (x.detach().double().flatten() @ torch.tensor(direction)).item()


def cosine(peak, warm_up, floor, total):
    """Rates of every step, by PyTorch's schedulers."""
    steps = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=peak)
    schedulers = torch.optim.lr_scheduler
    fall = schedulers.CosineAnnealingLR(steps, total - warm_up, eta_min=floor)
    if warm_up:
        rise = schedulers.LinearLR(steps, 1 / warm_up, total_iters=warm_up - 1)
        fall = schedulers.SequentialLR(steps, [rise, fall], [warm_up])
    for _ in range(total):
        yield steps.param_groups[0]["lr"]
        steps.step()
        fall.step()


def write(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    header = f"# Written by tools/golden/training.py with torch {torch.__version__}.\n"
    text = "".join(f"{name} {' '.join(map(repr, values))}\n" for name, values in lines)
    path.write_text(header + text)
    print(path.relative_to(ROOT), path.stat().st_size, "bytes", file=sys.stderr)


def small():
    for optimizer in OPTIMIZERS:
        yield from train("small-cnn", SMALL_CNN, optimizer, batch=8, counted=7)
    yield from train("small-mlp", SMALL_MLP, "adam", batch=8, counted=8)
    yield from train("strided", STRIDED, "adam", batch=4, counted=4)
    yield "cosine.warmUp", list(cosine(peak=0.5, warm_up=4, floor=0.125, total=12))
    yield "cosine.plain", list(cosine(peak=1.0, warm_up=0, floor=0.0, total=8))


def full():
    for dtype in torch.float64, torch.float32:
        yield from train("mnist-cnn", MNIST_CNN, "adam", batch=16, counted=16, dtype=dtype)
        yield from train("mnist-mlp", MNIST_MLP, "adam", batch=16, counted=16, dtype=dtype)


if __name__ == "__main__":
    torch.set_num_threads(1)
    write(SMALL, small())
    write(FULL, full())
