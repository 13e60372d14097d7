"""Weighted draws that give the same result on every machine.

Only whole numbers, uniform numbers and the operations that IEEE 754 rounds exactly
(`+ - * /` and the square root) are used: `exp`, `log` and `power` may differ in the
last bit from one processor to the next.
"""

from collections.abc import Sequence

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

_UNIT = 10**12


def streams(seed: int, count: int) -> list[Generator]:
    """Return `count` independent random generators of one seed."""
    return [Generator(PCG64(child)) for child in SeedSequence(seed).spawn(count)]


def draw(
    random: Generator, weights: Sequence[int] | Integers, size: int | tuple[int, ...]
) -> Integers:
    """Draw positions in `weights`, each as likely as its whole-number weight."""
    edges = np.cumsum(np.asarray(weights, dtype=np.int64))
    points = random.integers(0, edges[-1], size, dtype=np.int64)
    return np.searchsorted(edges, points, side="right").astype(np.int64)


def zipf_weights(count: int, offset: int) -> Integers:
    """Return falling weights, 1 / (rank + offset), as whole numbers.

    The larger the offset, the flatter the head (Zipf's law in Mandelbrot's form).
    """
    return _UNIT // (np.arange(count, dtype=np.int64) + offset)


def long_tailed(random: Generator, size: int) -> NDArray[np.float64]:
    """Draw numbers from 0 upward with mean 1: most small, a few very large."""
    return 1.0 / np.sqrt(1.0 - random.random(size)) - 1.0


def happens(random: Generator, chance: float, size: int) -> Booleans:
    """Draw for each of `size` cases whether an event of this chance happens."""
    return random.random(size) < chance
