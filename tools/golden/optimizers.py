"""Writes what PyTorch's optimizers and schedulers do, as golden files for java/nn.

    pip install -r tools/golden/requirements.txt
    python tools/golden/optimizers.py

Numbers are float64. Parameters and gradients come from formula.py, so the file holds results only:
one line each, a name and its numbers. PyTorch has neither Lion nor delayed Nesterov; both follow their
papers below.
"""

import pathlib
import sys

import numpy as np
import torch

import formula

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILE = ROOT / "java/nn/src/test/resources/motley/nn/optimizers.txt"
STEPS = 10
SHAPES = [(5, 7), (7,), (3, 3, 2, 4)]
RATE = 2**-6


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, "Symbolic discovery of optimization algorithms", alg. 2."""

    def __init__(self, params, lr, betas, weight_decay):
        super().__init__(params, {"lr": lr})
        self.betas, self.decay = betas, weight_decay

    @torch.no_grad()
    def step(self):
        beta1, beta2 = self.betas
        for p in self.param_groups[0]["params"]:
            lr = self.param_groups[0]["lr"]
            m = self.state[p].setdefault("m", torch.zeros_like(p))
            update = torch.sign(beta1 * m + (1 - beta1) * p.grad)
            p.sub_(lr * (update + self.decay * p))
            m.copy_(beta2 * m + (1 - beta2) * p.grad)


class DelayedNesterov(torch.optim.Optimizer):
    """Liu et al. 2024, "Asynchronous local-SGD training for language modeling", alg. 3 with c = 0. Its
    rate is that of `every` steps together."""

    def __init__(self, params, lr, momentum, every, weight_decay):
        super().__init__(params, {"lr": lr * every})
        self.momentum, self.every, self.decay, self.steps = momentum, every, weight_decay, 0

    @torch.no_grad()
    def step(self):
        self.steps += 1
        for p in self.param_groups[0]["params"]:
            lr = self.param_groups[0]["lr"]
            m = self.state[p].setdefault("m", torch.zeros_like(p))
            delta = self.state[p].setdefault("delta", torch.zeros_like(p))
            gradient = p.grad + self.decay * p
            delta += gradient
            if self.steps % self.every == 0:
                m.copy_(self.momentum * m + delta / self.every)
                p.sub_(lr * (self.momentum * m + gradient / self.every))
                delta.zero_()
            else:
                p.sub_(lr * gradient / self.every)


OPTIM = torch.optim
RULES = {
    "sgd:momentum=0": lambda p: OPTIM.SGD(p, RATE),
    "sgd:weight-decay=0.25": lambda p: OPTIM.SGD(p, RATE, momentum=0.9, weight_decay=0.25),
    "nesterov:momentum=0.5,weight-decay=0.25": lambda p: OPTIM.SGD(
        p, RATE, momentum=0.5, weight_decay=0.25, nesterov=True),
    "delayed-nesterov:every=3": lambda p: DelayedNesterov(p, RATE, 0.9, 3, 0),
    "delayed-nesterov:momentum=0.5,every=4,weight-decay=0.25": lambda p: DelayedNesterov(
        p, RATE, 0.5, 4, 0.25),
    "rmsprop": lambda p: OPTIM.RMSprop(p, RATE),
    "rmsprop:beta=0.75,epsilon=0.125,weight-decay=0.25": lambda p: OPTIM.RMSprop(
        p, RATE, alpha=0.75, eps=0.125, weight_decay=0.25),
    "adagrad": lambda p: OPTIM.Adagrad(p, RATE),
    "adagrad:epsilon=0.125,weight-decay=0.25": lambda p: OPTIM.Adagrad(
        p, RATE, eps=0.125, weight_decay=0.25),
    "adam:beta1=0.5,beta2=0.75,epsilon=0.125,weight-decay=0.25": lambda p: OPTIM.Adam(
        p, RATE, betas=(0.5, 0.75), eps=0.125, weight_decay=0.25),
    "adamw": lambda p: OPTIM.AdamW(p, RATE),
    "adamw:beta2=0.95,weight-decay=0.25": lambda p: OPTIM.AdamW(
        p, RATE, betas=(0.9, 0.95), weight_decay=0.25),
    "lion": lambda p: Lion(p, RATE, (0.9, 0.99), 0),
    "lion:beta1=0.75,beta2=0.5,weight-decay=0.25": lambda p: Lion(p, RATE, (0.75, 0.5), 0.25),
}


def gradients(step):
    """Half of them are larger than 1/2, an eighth are zero; later steps have smaller ones."""
    for number, shape in enumerate(SHAPES):
        u = formula.uniform(100 * step + number, int(np.prod(shape)))
        yield torch.tensor(np.where(u < 0.125, 0, (4 * u - 2) / step).reshape(shape))


def steps(rule, clip=None, decay=None):
    """The parameters after ten steps, or their averages."""
    parameters = [torch.nn.Parameter(torch.tensor(2 * formula.uniform(n, int(np.prod(s))) - 1)
                                     .reshape(s)) for n, s in enumerate(SHAPES)]
    module = torch.nn.ParameterList(parameters)
    mean = torch.optim.swa_utils.get_ema_multi_avg_fn(decay) if decay else None
    average = torch.optim.swa_utils.AveragedModel(module, multi_avg_fn=mean) if decay else None
    optimizer = rule(parameters)
    for step in range(1, STEPS + 1):
        for p, g in zip(parameters, gradients(step)):
            p.grad = g
        if clip:
            clip(parameters)
        optimizer.step()
        if average:
            average.update_parameters(module)
    return [projection(p) for p in (average.module if average else parameters)]


def projection(x):
    """The product with a fixed direction, in which every element counts."""
    direction = 2 * formula.uniform(3000, x.numel()) - 1
    return (x.detach().flatten() @ torch.tensor(direction)).item()


def rates(scheduler, total):
    """Rates of every step at a peak of 1."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1)
    schedule = scheduler(optimizer)
    for _ in range(total):
        yield optimizer.param_groups[0]["lr"]
        optimizer.step()
        schedule.step()


def lines():
    clip = torch.nn.utils
    for name, rule in RULES.items():
        yield name, steps(rule)
    yield "sgd:momentum=0,clip-norm=2", steps(
        RULES["sgd:momentum=0"], clip=lambda p: clip.clip_grad_norm_(p, 2))
    yield "sgd:momentum=0,clip-value=0.5", steps(
        RULES["sgd:momentum=0"], clip=lambda p: clip.clip_grad_value_(p, 0.5))
    yield "adamw:ema=0.75", steps(RULES["adamw"], decay=0.75)
    schedules = torch.optim.lr_scheduler
    yield "rate.constant", list(rates(lambda o: schedules.ConstantLR(o, 1), 6))
    yield "rate.step:every=3,factor=0.5", list(rates(lambda o: schedules.StepLR(o, 3, 0.5), 10))
    yield "rate.exponential:factor=0.75", list(
        rates(lambda o: schedules.ExponentialLR(o, 0.75), 10))
    yield "rate.cosine:floor=0.125", list(
        rates(lambda o: schedules.CosineAnnealingLR(o, 10, eta_min=0.125), 10))
    yield "rate.one-cycle", list(rates(lambda o: schedules.OneCycleLR(o, 1, 20), 20))


if __name__ == "__main__":
    header = f"# Written by tools/golden/optimizers.py with torch {torch.__version__}.\n"
    text = "".join(f"{name} {' '.join(map(repr, values))}\n" for name, values in lines())
    FILE.write_text(header + text)
    print(FILE.relative_to(ROOT), FILE.stat().st_size, "bytes", file=sys.stderr)
