"""Motley's named models in PyTorch, with the same layers and the same loss."""

import torch
from torch import Tensor, nn

from decoder import Decoder


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


def gpt_small() -> nn.Module:
    return Decoder(vocabulary=128, time=128, features=256, heads=4, blocks=4)


def tokens(batch_size: int) -> tuple[Tensor, Tensor]:
    return torch.randint(128, (batch_size, 128)), torch.randint(128, (batch_size, 128))


NETS = {
    "mnist-cnn": (mnist_cnn, images),
    "mnist-mlp": (mnist_mlp, images),
    "gpt-small": (gpt_small, tokens),
}


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
        logits = self.net(self.samples).flatten(0, -2)  # [sample or position, class]
        nn.functional.cross_entropy(logits, self.labels.flatten()).backward()
        self.adam.step()
