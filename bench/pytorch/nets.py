"""Motley's named models in PyTorch, with the same layers and the same loss."""

import torch
from torch import Tensor, nn


def mnist_cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 32, 3),
        nn.ReLU(),
        nn.Conv2d(32, 64, 3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(9216, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def mnist_mlp() -> nn.Module:
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Linear(512, 256),
        nn.ReLU(),
        nn.Linear(256, 10),
    )


def images(batch_size: int) -> tuple[Tensor, Tensor]:
    return torch.rand(batch_size, 1, 28, 28), torch.randint(10, (batch_size,))


NETS = {"mnist-cnn": (mnist_cnn, images), "mnist-mlp": (mnist_mlp, images)}


class Training:
    """Forward, mean cross-entropy, backward, Adam, over one batch of random samples."""

    def __init__(self, model: str, batch_size: int, fused: bool):
        torch.manual_seed(1)
        net, batch = NETS[model]
        self.net = net()
        self.samples, self.labels = batch(batch_size)
        self.first = {name: value.clone() for name, value in self.net.state_dict().items()}
        self.fused = fused
        self.reset()

    def reset(self) -> None:
        self.net.load_state_dict(self.first)
        settings = {"fused": True} if self.fused else {}
        self.adam = torch.optim.Adam(self.net.parameters(), lr=1e-3, **settings)

    def step(self) -> None:
        self.adam.zero_grad()
        nn.functional.cross_entropy(self.net(self.samples), self.labels).backward()
        self.adam.step()
