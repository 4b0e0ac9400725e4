"""Motley's `gpt-small` as a user of PyTorch would write it."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Attention(nn.Module):
    """Causal attention of several heads, with the kernel PyTorch has for it."""

    def __init__(self, features: int, heads: int):
        super().__init__()
        self.heads = heads
        self.all = nn.Linear(features, 3 * features)
        self.out = nn.Linear(features, features)

    def forward(self, x: Tensor) -> Tensor:
        batch, time, features = x.shape
        parts = self.all(x).split(features, dim=2)
        q, k, v = (part.view(batch, time, self.heads, -1).transpose(1, 2) for part in parts)
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(seen.transpose(1, 2).reshape(batch, time, features))


class Block(nn.Module):
    def __init__(self, features: int, heads: int):
        super().__init__()
        self.attention = nn.Sequential(nn.LayerNorm(features), Attention(features, heads))
        self.dense = nn.Sequential(
            nn.LayerNorm(features),
            nn.Linear(features, 4 * features),
            nn.GELU(),
            nn.Linear(4 * features, features),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(x)
        return x + self.dense(x)


class Decoder(nn.Module):
    """Logits of the next token at every position: `[batch, time] → [batch, time, token]`."""

    def __init__(self, vocabulary: int, time: int, features: int, heads: int, blocks: int):
        super().__init__()
        self.tokens = nn.Embedding(vocabulary, features)
        self.positions = nn.Parameter(torch.zeros(time, features))
        self.blocks = nn.Sequential(*(Block(features, heads) for _ in range(blocks)))
        self.norm = nn.LayerNorm(features)
        self.head = nn.Linear(features, vocabulary, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.head(self.norm(self.blocks(self.tokens(tokens) + self.positions)))
