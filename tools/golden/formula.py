"""Numbers that Python and Java compute alike, so that golden files need not store them.

Java's twin is motley.nn.Formula in the tests of java/nn.
"""

import numpy as np


def uniform(stream: int, count: int) -> np.ndarray:
    """`count` numbers in [0, 1) with 24 significant bits, as float64.

    Number `i` is the upper 24 bits of lowbias32(i + 0x9E3779B9·stream).
    Source: Wellons, hash-prospector, `lowbias32`.
    """
    x = np.arange(count, dtype=np.uint32) + np.uint32((0x9E3779B9 * stream) & 0xFFFFFFFF)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x7FEB352D)
    x ^= x >> np.uint32(15)
    x *= np.uint32(0x846CA68B)
    x ^= x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float64) / 2**24


def weights(stream: int, shape: tuple[int, ...]) -> np.ndarray:
    """A parameter `[…, in, out]`: zeros for a bias, else ±√(6/fanIn), rounded to float32."""
    if len(shape) == 1:
        return np.zeros(shape)
    count = int(np.prod(shape))
    limit = np.sqrt(6.0 / (count // shape[-1]))
    values = (2 * uniform(stream, count) - 1) * limit
    return values.astype(np.float32).astype(np.float64).reshape(shape)


def images(stream: int, shape: tuple[int, ...]) -> np.ndarray:
    """Images `[batch, rows, cols, channel]` with a blank edge of two pixels, half of them blank."""
    values = uniform(stream, int(np.prod(shape))).reshape(shape)
    values[values < 0.5] = 0
    inside = np.zeros(shape)
    inside[:, 2:-2, 2:-2, :] = 1
    return values * inside


def labels(stream: int, count: int, classes: int) -> np.ndarray:
    return (uniform(stream, count) * classes).astype(np.int64)
