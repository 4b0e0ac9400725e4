"""Writes what PyTorch computes for the functions of layers of java/nn, as golden files.

    pip install -r tools/golden/requirements.txt
    python tools/golden/layers.py

Numbers are float64. Operands and cotangents come from formula.py, so the file holds results only:
two lines each function, with the projection of every result and of every operand's gradient.
"""

import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

import formula

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "java/nn/src/test/resources/motley/nn/layers.txt"
EPSILON = 2**-10
INTEGERS = 5
COTANGENTS = 4000


def channels_first(function):
    """`function` for operands [batch, …, channel]."""
    return lambda x, *rest: function(x.movedim(-1, 1), *rest).movedim(1, -1)


def batch_norm(x, gain, offset):
    y = channels_first(lambda x: F.batch_norm(
        x, None, None, gain, offset, training=True, eps=EPSILON))(x)
    axes = tuple(range(x.dim() - 1))
    return [y, x.mean(axes), x.var(axes, unbiased=False), x.var(axes, unbiased=True)]


def weighted_batch_norm(x, gain, offset, weights):
    """Of a batch with each sample as often as it weighs; the copies' results are added."""
    copies = torch.repeat_interleave(weights)
    y, *moments = batch_norm(x[copies], gain, offset)
    return [torch.zeros_like(x).index_add(0, copies, y), *moments]


NORMALISATIONS = {
    "batchNorm": ([(3, 2, 5, 6), (6,), (6,)], batch_norm),
    "batchNorm.weighted": (
        [(3, 2, 5, 6), (6,), (6,), ("integer", 3)], weighted_batch_norm),
    "batchNorm.evaluation": (
        [(3, 2, 5, 6), (6,), (6,), ("integer", 6), ("integer", 6)],
        channels_first(lambda x, gain, offset, mean, variance: F.batch_norm(
            x, mean.double(), variance.double(), gain, offset, eps=EPSILON))),
    "layerNorm": (
        [(3, 2, 5, 6), (6,), (6,)],
        lambda x, gain, offset: F.layer_norm(x, (6,), gain, offset, EPSILON)),
    "groupNorm": (
        [(3, 2, 5, 6), (6,), (6,)],
        channels_first(lambda x, gain, offset: F.group_norm(x, 3, gain, offset, EPSILON))),
    "rmsNorm": ([(3, 2, 5, 6), (6,)], lambda x, gain: F.rms_norm(x, (6,), gain, EPSILON)),
}



def activation(function):
    return [(3, 4, 5)], lambda x: function(4 * x)


ACTIVATIONS = {
    "leakyRelu": activation(lambda x: F.leaky_relu(x, 0.25)),
    "gelu": activation(F.gelu),
    "geluByTanh": activation(lambda x: F.gelu(x, approximate="tanh")),
    "silu": activation(F.silu),
    "sigmoid": activation(torch.sigmoid),
    "tanh": activation(torch.tanh),
    "softmax": activation(lambda x: x.softmax(-1)),
}


def multi_head(causal):
    """Heads 3, width 6. PyTorch's own layer multiplies by transposed weights, time first."""
    def function(x, w_in, b_in, w_out, b_out):
        mask = torch.ones(5, 5, dtype=torch.bool).triu(1) if causal else None
        x = x.transpose(0, 1)
        y, _ = F.multi_head_attention_forward(
            x, x, x, 6, 3, w_in.T, b_in, None, None, False, 0.0, w_out.T, b_out, attn_mask=mask)
        return y.transpose(0, 1)
    return [(2, 5, 6), (6, 18), (18,), (6, 6), (6,)], function


def sinusoidal(time, width):
    """PyTorch has none; by the paper's formula."""
    angle = np.arange(time)[:, None] / 10000 ** (np.arange(0, width, 2) / width)
    return torch.tensor(np.stack([np.sin(angle), np.cos(angle)], -1).reshape(time, width))


ATTENTION = {
    "multiHead": multi_head(False),
    "multiHead.causal": multi_head(True),
    "sinusoidal": ([(2, 5, 6)], lambda x: x * sinusoidal(5, 6)),
    "embedding": ([("integer", 2, 4), (5, 3)], F.embedding),
}


def recurrent(run, gates):
    """4 units. PyTorch's weights are transposed, and it takes two biases."""
    def function(x, w_input, w_state, bias, *state_bias):
        weights = [w_input.T, w_state.T, bias, *(state_bias or [torch.zeros_like(bias)])]
        zeros = torch.zeros(1, 3, 4, dtype=x.dtype)
        state = (zeros, zeros) if gates == 4 else zeros
        # Has biases, layers, dropout, training, bidirectional, batch first.
        series, *last = run(x, state, weights, True, 1, 0.0, True, False, True)
        return [series, last[-1].squeeze(0)]
    shapes = [(3, 7, 5), (5, gates * 4), (4, gates * 4), (gates * 4,)]
    return shapes if gates == 4 else shapes + [(gates * 4,)], function


RECURRENT = {
    "lstm": recurrent(torch.lstm, 4),
    "gru": recurrent(torch.gru, 3),
}


def conv2d(kernel, channels, **settings):
    """Images [batch, rows, cols, channel], filters [rows, cols, in, out]."""
    shapes = [(2, 7, 6, 4), (kernel, kernel, *channels), channels[-1:]]
    return shapes, channels_first(
        lambda x, w, bias=None: F.conv2d(x, w.permute(3, 2, 0, 1), bias, **settings))


def conv1d(stride, before, after):
    return [(2, 7, 4), (3, 4, 6), (6,)], channels_first(lambda x, w, bias: F.conv1d(
        F.pad(x, (before, after)), w.permute(2, 1, 0), bias, stride))


def depthwise(x, w, bias):
    """7 rows take a row of zeros on each side, 6 columns one column behind them."""
    return F.conv2d(F.pad(x, (0, 1, 1, 1)), w.permute(3, 2, 0, 1), bias, stride=2, groups=4)


def transposed(kernel, padding):
    """Filters [rows, cols, out, in]."""
    return [(2, 7, 6, 4), (kernel, kernel, 3, 4), (3,)], channels_first(
        lambda x, w, bias: F.conv_transpose2d(
            x, w.permute(3, 2, 0, 1), bias, stride=2, padding=padding))


CONVOLUTIONS = {
    "conv1d": conv1d(stride=1, before=0, after=0),
    "conv1d.same": conv1d(stride=2, before=1, after=1),
    "conv2d.dilated": conv2d(3, (4, 6), dilation=2),
    "conv2d.grouped": conv2d(3, (2, 6), groups=2),
    "conv2d.withoutBias": (conv2d(3, (4, 6))[0][:2], conv2d(3, (4, 6))[1]),
    "depthwise": ([(2, 7, 6, 4), (3, 3, 1, 8), (8,)], channels_first(depthwise)),
    "transposed": transposed(3, padding=0),
    "transposed.same": transposed(4, padding=1),
}


def pooling(function, *dims):
    return [(2, *dims, 3)], channels_first(function)


POOLING = {
    "maxPool": pooling(lambda x: F.max_pool2d(x, 3, 2), 7, 6),
    "maxPool.same": pooling(lambda x: F.max_pool2d(x, 2, 2, ceil_mode=True), 7, 6),
    "maxPool.series": pooling(lambda x: F.max_pool1d(x, 3, 2), 7),
    "averagePool": pooling(lambda x: F.avg_pool2d(x, 3, 2), 7, 6),
    "averagePool.same": pooling(lambda x: F.avg_pool2d(F.pad(x, (0, 0, 0, 1)), 2, 2), 7, 6),
    "averagePool.column": pooling(lambda x: F.avg_pool2d(F.pad(x, (0, 1, 0, 1)), 2, 2), 7, 1),
    "averagePool.series": pooling(lambda x: F.avg_pool1d(x, 3, 2), 7),
    "globalAveragePool": ([(2, 7, 6, 3)], lambda x: x.mean((1, 2))),
    "globalMaxPool": ([(2, 7, 6, 3)], lambda x: x.amax((1, 2))),
    "globalMaxPool.series": ([(2, 7, 3)], lambda x: x.amax(1)),
}

FUNCTIONS = NORMALISATIONS | ACTIVATIONS | ATTENTION | RECURRENT | CONVOLUTIONS | POOLING


def operand(number, shape):
    """Numbers in [-1, 1), or integers in [0, 5) where the shape says so."""
    if shape[0] == "integer":
        count = int(np.prod(shape[1:]))
        return torch.tensor(formula.labels(number, count, INTEGERS)).reshape(shape[1:])
    values = 2 * formula.uniform(number, int(np.prod(shape))) - 1
    return torch.tensor(values).reshape(shape).requires_grad_()


def rows(name, shapes, function):
    operands = [operand(number, shape) for number, shape in enumerate(shapes)]
    results = function(*operands)
    results = results if isinstance(results, list) else [results]
    loss = 0
    for number, y in enumerate(results):
        weight = 2 * formula.uniform(COTANGENTS + number, y.numel()) - 1
        loss = loss + (y.flatten() * torch.tensor(weight)).sum()
    loss.backward()
    yield f"{name}.results", [projection(y) for y in results]
    yield f"{name}.gradients", [projection(x.grad) for x in operands if x.requires_grad]


def projection(x):
    """The product with a fixed direction, in which every element counts."""
    direction = 2 * formula.uniform(3000, x.numel()) - 1
    return (x.detach().flatten() @ torch.tensor(direction)).item()


if __name__ == "__main__":
    torch.set_num_threads(1)
    lines = [f"# Written by tools/golden/layers.py with torch {torch.__version__}."]
    for name, (shapes, function) in FUNCTIONS.items():
        for row, values in rows(name, shapes, function):
            lines.append(f"{row} {' '.join(map(repr, values))}")
    FILE.write_text("\n".join(lines) + "\n")
    print(FILE.relative_to(ROOT), FILE.stat().st_size, "bytes", file=sys.stderr)
