"""Texts as Motley cuts them, and the order in which it visits samples."""

from pathlib import Path

import torch
from torch import Tensor

MASK = 0xFFFFFFFF


def parts(text: Path, time: int) -> tuple[Tensor, Tensor]:
    """Windows to learn from, of the first nine tenths, and to be judged by: `[window, time + 1]`."""
    starts = (byte for byte in text.read_bytes() if byte & 0xC0 != 0x80)
    codes = torch.tensor([byte if byte < 128 else ord("?") for byte in starts])
    split = len(codes) - len(codes) // 10
    return windows(codes[:split], time), windows(codes[split:], time)


def windows(codes: Tensor, time: int) -> Tensor:
    return codes.unfold(0, time + 1, time)


def order(seed: int, epoch: int, count: int) -> list[int]:
    """The samples of an epoch: a keyed permutation, as in `SampleOrder` of java/data."""
    half = (max(2, (count - 1).bit_length()) + 1) // 2
    key = mix((seed & MASK) ^ mix((seed >> 32 & MASK) ^ mix(epoch + 0x9E3779B9)))
    rounds = [mix(key + i * 0x85EBCA6B) for i in range(8)]
    samples = []
    for position in range(count):
        sample = permute(position, half, rounds)
        while sample >= count:
            sample = permute(sample, half, rounds)
        samples.append(sample)
    return samples


def permute(value: int, half: int, rounds: list[int]) -> int:
    mask = (1 << half) - 1
    left, right = value >> half, value & mask
    for key in rounds:
        left, right = right, left ^ (mix(right ^ key) & mask)
    return left << half | right


def mix(value: int) -> int:
    """The finaliser of MurmurHash3."""
    h = value & MASK
    h = (h ^ h >> 16) * 0x85EBCA6B & MASK
    h = (h ^ h >> 13) * 0xC2B2AE35 & MASK
    return h ^ h >> 16
