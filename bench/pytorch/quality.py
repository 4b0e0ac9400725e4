"""PyTorch's side of `bench/quality`: trains gpt-small from first weights of Motley's."""

import argparse
import json
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from clock import tell
from nets import gpt_small
from samples import order, parts

TIME = 128
EVALUATED = 64


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", type=Path, required=True)
    parser.add_argument("--head", type=Path, required=True)
    parser.add_argument("--first", type=Path, required=True)
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--batch-size", type=int, required=True)
    parser.add_argument("--learning-rate", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    net = gpt_small()
    load(net, options.first)
    first = evaluated(net, parts(options.head, TIME)[1])
    train, validation = parts(options.text, TIME)
    adam = torch.optim.Adam(net.parameters(), lr=options.learning_rate)
    steps = 0
    for epoch in range(options.epochs):
        samples = train[order(options.seed, epoch, len(train))]
        for batch in samples.split(options.batch_size):
            adam.zero_grad()
            loss(net, batch).backward()
            adam.step()
            steps += 1
    told = {"type": "quality", "loss": evaluated(net, validation), "firstLoss": first}
    tell(told | {"steps": steps})


def loss(net: torch.nn.Module, windows: Tensor) -> Tensor:
    logits = net(windows[:, :-1]).flatten(0, 1)  # [position, token]
    return functional.cross_entropy(logits, windows[:, 1:].flatten())


@torch.no_grad()
def evaluated(net: torch.nn.Module, windows: Tensor) -> float:
    sums = [loss(net, batch).item() * len(batch) for batch in windows.split(EVALUATED)]
    return sum(sums) / len(windows)


def load(net: torch.nn.Module, file: Path) -> None:
    """Takes the weights of a safetensors file: a JSON header behind its length, then numbers.
    Motley's matrices are `[in, out]`, those of PyTorch `[out, in]`."""
    content = file.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    values = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        numbers = torch.frombuffer(bytearray(content[start + begin : start + end]), dtype=torch.float32)
        values[name] = numbers.view(entry["shape"])
    own = dict(net.named_parameters())
    assert len(own) == len(values), f"{len(values)} parameters (expected: {len(own)})"
    with torch.no_grad():
        for name, parameter in own.items():
            value = values[theirs(name)]
            is_matrix = value.dim() == 2 and "tokens" not in name and "positions" not in name
            parameter.copy_(value.T if is_matrix else value)


def theirs(name: str) -> str:
    """Motley's name of a parameter of `Decoder`: it numbers each kind of layer from 1 on."""
    outside = {
        "tokens.weight": "embedding1.weight",
        "positions": "positions1.weight",
        "norm.weight": "layernorm9.weight",
        "norm.bias": "layernorm9.bias",
        "head.weight": "dense9.weight",
    }
    if name in outside:
        return outside[name]
    _, block, half, place, *rest = name.split(".")
    number = int(block) + 1
    kind = rest[-1]
    if half == "attention":
        if place == "0":
            return f"layernorm{2 * number - 1}.{kind}"
        return f"attention{number}.{'in' if rest[0] == 'all' else 'out'}.{kind}"
    layers = {"0": f"layernorm{2 * number}", "1": f"dense{2 * number - 1}", "3": f"dense{2 * number}"}
    return f"{layers[place]}.{kind}"


if __name__ == "__main__":
    main()
